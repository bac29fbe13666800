package io.github.lifebelt.frameworks.libraries;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

class JooqTest extends FaultContract {
    static final SQLDialect DIALECT = switch (PRODUCT) {
        case POSTGRESQL -> SQLDialect.POSTGRES;
        case MYSQL -> SQLDialect.MYSQL;
        case MARIADB -> SQLDialect.MARIADB;
    };

    JooqTest() {
        super("jOOQ", DSLContext.class);
    }

    /** Fails fast, because of {@link #aTransactionThatGetsNoConnectionHasAskedForItThreeTimes}. */
    @Override
    protected Application start(TestDatabase database) {
        String url = impatient(database);
        // snippet: pool
        ConnectionPool pool = ConnectionPool.builder(url).failFast().open();
        DSLContext jooq = DSL.using(pool, DIALECT);
        // end: pool
        return new Jooq(pool, jooq);
    }

    @Test
    void aTransactionThatGetsNoConnectionHasAskedForItThreeTimes() {
        AtomicInteger asked = new AtomicInteger();
        ConnectionProvider none = new ConnectionProvider() {
            @Override
            public Connection acquire() {
                asked.incrementAndGet();
                throw new DataAccessException("there is none");
            }

            @Override
            public void release(Connection connection) {}
        };
        assertThrows(DataAccessException.class, () -> DSL.using(none, DIALECT).transaction(transaction -> {}));
        assertEquals(3, asked.get());
    }

    private record Jooq(ConnectionPool pool, DSLContext jooq) implements Application {
        @Override
        public void store(String text, Runnable then) {
            jooq.transaction(transaction -> {
                transaction
                        .dsl()
                        .insertInto(table("entry"), field("text"))
                        .values(text)
                        .execute();
                then.run();
            });
        }

        @Override
        public long count() {
            return jooq.fetchCount(table("entry"));
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
