package io.github.lifebelt.frameworks.libraries;

import static org.awaitility.Awaitility.await;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.frameworks.libraries.MyBatisTest.Entries;
import io.github.lifebelt.testing.DatabaseExtension;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.managed.ManagedTransactionFactory;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Units of work whose statements are a library's: killed in their middle they are run again, and stored once. */
class UnitsOfWorkTest {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.of(TestDatabase.of(FaultContract.PRODUCT));

    private TestDatabase database;
    private ConnectionPool pool;

    @BeforeEach
    void open(TestDatabase started) throws SQLException {
        database = started;
        pool = FaultContract.pool(database).open();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table entry (text varchar(100) primary key)");
        }
    }

    @AfterEach
    void close() {
        assertEquals(0, pool.stats().active());
        pool.close();
    }

    @Test
    void jooqInAUnitIsRunAgainAfterALostConnection() throws Exception {
        storedOnceAfterAKill(tx -> {
            // snippet: jooq
            DSLContext jooq = DSL.using(tx.connection(), JooqTest.DIALECT);
            jooq.insertInto(table("entry"), field("text")).values("a").execute();
            // end: jooq
        });
    }

    @Test
    void jdbiInAUnitIsRunAgainAfterALostConnection() throws Exception {
        storedOnceAfterAKill(tx -> {
            // snippet: jdbi
            Jdbi jdbi = Jdbi.create(tx.connection());
            jdbi.useHandle(handle -> handle.execute("insert into entry (text) values (?)", "a"));
            // end: jdbi
        });
    }

    @Test
    void myBatisInAUnitIsRunAgainAfterALostConnection() throws Exception {
        // snippet: mybatis-sessions
        ManagedTransactionFactory managed = new ManagedTransactionFactory();
        Properties leaveItOpen = new Properties();
        leaveItOpen.setProperty("closeConnection", "false");
        managed.setProperties(leaveItOpen);
        Configuration configuration = new Configuration(new Environment("units", managed, pool));
        configuration.addMapper(Entries.class);
        SqlSessionFactory sessions = new SqlSessionFactoryBuilder().build(configuration);
        // end: mybatis-sessions
        storedOnceAfterAKill(tx -> {
            // snippet: mybatis
            try (SqlSession session = sessions.openSession(tx.connection())) {
                session.getMapper(Entries.class).insert("a");
            }
            // end: mybatis
        });
    }

    @Test
    void hibernatesStatelessSessionInAUnitIsRunAgainAfterALostConnection() throws Exception {
        try (SessionFactory sessions = HibernateTest.on(pool)) {
            storedOnceAfterAKill(tx -> {
                // snippet: hibernate
                try (StatelessSession session = sessions.openStatelessSession(tx.connection())) {
                    session.insert(new Entry("a"));
                }
                // end: hibernate
            });
        }
    }

    @FunctionalInterface
    private interface Work {
        void run(Transaction tx) throws Exception;
    }

    /** The first run finds its session killed, so that the library's exception has to be understood. */
    private void storedOnceAfterAKill(Work work) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        // Without it a unit is begun again no later than this pool's borrow timeout, and a library's first use takes a
        // while.
        UnitOfWork unit =
                UnitOfWork.on(pool).timeout(Duration.ofSeconds(30)).retry(RetryPolicy.conflictsAndLostConnections());
        unit.run(tx -> {
            if (runs.incrementAndGet() == 1) {
                try (Statement statement = tx.connection().createStatement()) {
                    statement.execute("select 1");
                }
                database.faults().killSessions();
                await().until(() -> database.sessions() == 0);
            }
            work.run(tx);
        });
        assertEquals(2, runs.get());
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from entry")) {
            row.next();
            assertEquals(1, row.getInt(1));
        }
    }
}
