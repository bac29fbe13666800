package io.github.lifebelt.frameworks.libraries;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import org.jdbi.v3.core.Jdbi;

class JdbiTest extends FaultContract {
    JdbiTest() {
        super("JDBI", Jdbi.class);
    }

    @Override
    protected Application start(TestDatabase database) {
        String url = impatient(database);
        // snippet: pool
        ConnectionPool pool = ConnectionPool.fromUrl(url);
        Jdbi jdbi = Jdbi.create(pool);
        // end: pool
        return new WithJdbi(pool, jdbi);
    }

    private record WithJdbi(ConnectionPool pool, Jdbi jdbi) implements Application {
        @Override
        public void store(String text, Runnable then) {
            jdbi.useTransaction(handle -> {
                handle.execute("insert into entry (text) values (?)", text);
                then.run();
            });
        }

        @Override
        public long count() {
            return jdbi.withHandle(handle -> handle.createQuery("select count(*) from entry")
                    .mapTo(Long.class)
                    .one());
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
