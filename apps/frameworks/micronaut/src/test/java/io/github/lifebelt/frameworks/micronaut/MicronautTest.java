package io.github.lifebelt.frameworks.micronaut;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import io.micronaut.context.ApplicationContext;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

class MicronautTest extends FaultContract {
    MicronautTest() {
        super("Micronaut", ApplicationContext.class);
    }

    @Override
    protected Application start(TestDatabase database) throws SQLException {
        ApplicationContext context = ApplicationContext.run(Map.of("datasources.default.url", impatient(database)));
        return new Micronaut(context, context.getBean(DataSource.class).unwrap(ConnectionPool.class));
    }

    private record Micronaut(ApplicationContext context, ConnectionPool pool) implements Application {
        @Override
        public void store(String text, Runnable then) {
            context.getBean(Store.class).store(text, then);
        }

        @Override
        public long count() {
            return context.getBean(Store.class).count();
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
