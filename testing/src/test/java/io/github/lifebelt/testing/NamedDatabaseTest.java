package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.internal.postgres.PostgresPrograms;
import io.github.lifebelt.testing.internal.provider.Providers;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that is named, which here is an embedded one that the fixture does not know as such. */
class NamedDatabaseTest {
    private static final String URL = "lifebelt.testing.url.postgresql";
    private static final String PROVIDER = "lifebelt.testing.provider";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MAKER = "maker:not%20to%20be%20seen";

    private static Server server;
    private static Connection owner;

    @BeforeAll
    static void startServer() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        ServerSpec spec = new ServerSpec(
                DatabaseProduct.POSTGRESQL,
                null,
                certificates.server(),
                null,
                "plain",
                "not to be seen",
                "others",
                "admin",
                Map.of());
        server = new Server(new EmbeddedEngine(PostgresPrograms.get(null), spec));
        server.startOrClose();
        owner = DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + server.port() + "/others?sslmode=require",
                ServerSpec.ADMIN,
                spec.adminPassword());
        Sessions.execute(owner, "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'not to be seen'");
    }

    @AfterAll
    static void stopServer() throws Exception {
        owner.close();
        server.close();
    }

    @BeforeEach
    void name() {
        name(url(MAKER, "verify-full"));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        System.clearProperty(URL);
        assertThat(databases()).isZero();
    }

    @Test
    void eachFixtureHasADatabaseOfItsOwnAndDropsIt() throws Exception {
        try (TestDatabase one = named().start();
                TestDatabase two = named().start()) {
            assertThat(databases()).isEqualTo(2);
            assertThat(one.provider()).isEqualTo(ServerProvider.NAMED);
            assertThat(one.user()).isEqualTo("maker");
            assertThat(one.database()).startsWith("lifebelt_").isNotEqualTo(two.database());
            assertThat(one.certificateAuthority()).isEmpty();
            assertThat(one.toString()).doesNotContain("seen");
            assertThat(one.version()).startsWith("PostgreSQL 18");
            assertThat(one.url())
                    .startsWith("postgresql://maker:not%20to%20be%20seen@localhost:" + server.port() + "/lifebelt_")
                    .contains("?sslmode=verify-full&sslrootcert=");
            try (Connection connection = Sessions.open(one)) {
                assertThat(Sessions.query(connection, "SELECT current_database()"))
                        .isEqualTo(one.database());
                Sessions.execute(connection, "CREATE TABLE own (id int)");
            }
            try (Connection connection = one.dataSource().getConnection()) {
                assertThat(Sessions.query(connection, "SELECT count(*) FROM own"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void aDatabaseIsDroppedWithItsSessionsAndWhatItWasBroughtBackFrom() throws Exception {
        try (TestDatabase database = named().start()) {
            try (Connection connection = Sessions.open(database)) {
                Sessions.execute(connection, "CREATE TABLE own AS SELECT 42 AS answer");
            }
            database.markClean(Cleaning.AUTOMATIC);
            try (Connection connection = Sessions.open(database)) {
                Sessions.execute(connection, "DROP TABLE own");
            }
            database.restoreClean();
            Connection left = Sessions.open(database);
            assertThat(Sessions.query(left, "SELECT answer FROM own")).isEqualTo("42");
        }
    }

    @Test
    void onlyItsOwnTablesAreEmptied() throws Exception {
        Sessions.execute(owner, "CREATE TABLE others AS SELECT 1 AS kept");
        name(url(ServerSpec.ADMIN + ":admin", "require"));
        try (TestDatabase database = named().start();
                Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE own AS SELECT 42 AS answer");
            database.markClean(Cleaning.TRUNCATE);
            Sessions.execute(connection, "UPDATE own SET answer = 0");
            Sessions.execute(owner, "INSERT INTO others VALUES (2)");

            database.restoreClean();

            assertThat(Sessions.query(connection, "SELECT answer FROM own")).isEqualTo("42");
            assertThat(Sessions.query(owner, "SELECT count(*) FROM others")).isEqualTo("2");
            assertThat(Sessions.query(owner, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'lifebelt%'"))
                    .isEqualTo("0");
        } finally {
            Sessions.execute(owner, "DROP TABLE others");
        }
    }

    @Test
    void onlyItsOwnSessionsAreCountedAndEnded() throws Exception {
        try (TestDatabase one = named().start();
                TestDatabase two = named().start();
                Connection idle = Sessions.open(one);
                Connection inTransaction = Sessions.open(one);
                Connection other = Sessions.open(two)) {
            inTransaction.setAutoCommit(false);
            assertThat(Sessions.answers(inTransaction)).isTrue();
            assertThat(one.sessions()).isEqualTo(2);
            assertThat(one.sessionsInTransaction()).isEqualTo(1);
            assertThat(one.faults().killSession(Sessions.pid(other))).isFalse();
            assertThat(one.faults().killIdleSessions()).isEqualTo(1);
            assertThat(Sessions.answers(idle)).isFalse();
            assertThat(Sessions.answers(inTransaction)).isTrue();
            assertThat(one.faults().killSessions()).isEqualTo(1);
            await().atMost(SOON).until(() -> one.sessions() == 0);
            assertThat(Sessions.answers(other)).isTrue();
            assertThat(Sessions.answers(owner)).isTrue();
        }
    }

    @Test
    void whatWouldHitOthersOrNeedsTheProcessIsNotDone() throws Exception {
        try (TestDatabase database = named().start()) {
            Faults faults = database.faults();
            List<ThrowingCallable> calls = List.of(
                    () -> faults.stop(StopMode.FAST),
                    faults::crash,
                    faults::freeze,
                    () -> faults.crashBackend(1),
                    faults::makeReadOnly,
                    faults::makeWritable,
                    faults::promote,
                    () -> faults.rotatePassword("other"),
                    () -> faults.showCertificate(TestCertificates.shared().expired()));
            assertThat(calls)
                    .allSatisfy(call -> assertThatExceptionOfType(UnsupportedOperationException.class)
                            .isThrownBy(call)
                            .withMessageContaining("EMBEDDED or TESTCONTAINERS"));
            faults.start();
            faults.thaw();
            faults.heal();
            assertThat(faults.isRunning()).isTrue();
            try (Connection connection = Sessions.open(database)) {
                assertThat(Sessions.answers(connection)).isTrue();
            }
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsSaidToDoSo() {
        TestDatabase database = named().start();
        server.stop(StopMode.FAST);
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> database.faults().start())
                    .withMessageContaining("does not answer");
            assertThatIllegalStateException()
                    .isThrownBy(() -> named().start())
                    .withMessageContaining("does not answer")
                    .withMessageContaining(URL);
        } finally {
            server.start();
            await().atMost(SOON).ignoreExceptions().until(() -> {
                owner = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + server.port() + "/others?sslmode=require",
                        ServerSpec.ADMIN,
                        "admin");
                return true;
            });
            database.close();
        }
    }

    @Test
    void whatTheTestAsksOfTheServerItselfIsRefused() {
        assertThatIsRefused(builder -> builder.setting("work_mem", "8MB"), "settings [work_mem]");
        assertThatIsRefused(builder -> builder.maxConnections(20), "settings");
        assertThatIsRefused(builder -> builder.idleTimeout(Duration.ofSeconds(5)), "settings");
        assertThatIsRefused(
                builder -> builder.certificate(TestCertificates.shared().expired()), "a certificate");
        assertThatIsRefused(builder -> builder.user("somebody"), "user");
        assertThatIsRefused(builder -> builder.database("something"), "database");
        assertThatIsRefused(builder -> builder.version("9.6"), "version 9.6");
        assertThatIsRefused(builder -> builder.version("1"), "version 1");
        assertThatIsRefused(builder -> builder.tls(false), "no TLS");
        name(url(MAKER, "disable"));
        assertThatIsRefused(builder -> builder, "TLS");
    }

    @Test
    void aVersionThatFitsIsTaken() {
        named().version("18").start().close();
    }

    @Test
    void aUserThatMayNotCreateDatabasesIsToldSo() {
        name(url("plain:not%20to%20be%20seen", "require"));
        assertThatIllegalStateException()
                .isThrownBy(() -> named().start())
                .withMessageContaining("CREATEDB")
                .withMessageContaining("permission denied")
                .satisfies(NamedDatabaseTest::hidesThePassword);
    }

    @Test
    void aWrongPasswordIsNotShown() {
        name(url("maker:not%20to%20be%20seen%20either", "require"));
        assertThatIllegalStateException()
                .isThrownBy(() -> named().start())
                .withMessageContaining("password authentication failed")
                .satisfies(NamedDatabaseTest::hidesThePassword);
    }

    @Test
    void whatIsNamedIsTakenFirst() {
        String before = System.getProperty(PROVIDER);
        System.clearProperty(PROVIDER);
        try {
            assertThat(Providers.choose(DatabaseProduct.POSTGRESQL, ServerProvider.AUTOMATIC)
                            .kind())
                    .isEqualTo(ServerProvider.NAMED);
            System.clearProperty(URL);
            assertThat(Providers.choose(DatabaseProduct.POSTGRESQL, ServerProvider.AUTOMATIC)
                            .kind())
                    .isNotEqualTo(ServerProvider.NAMED);
        } finally {
            System.setProperty(PROVIDER, before);
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> named().start())
                .withMessageContaining("LIFEBELT_TEST_POSTGRES_URL is not set");
    }

    @Test
    void aDatabaseThatIsNotClosedIsDroppedWhenTheJvmEnds() throws Exception {
        Path output = Files.createTempFile("lifebelt-", ".out");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-D" + URL + "=" + System.getProperty(URL),
                        Forgetful.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output).content().contains("database=lifebelt_");
        } finally {
            jvm.destroyForcibly();
            Files.delete(output);
        }
    }

    /** Closes nothing. */
    static final class Forgetful {
        public static void main(String[] arguments) {
            System.out.println("database=" + named().start().database());
        }
    }

    private static TestDatabaseBuilder named() {
        return TestDatabase.postgres().provider(ServerProvider.NAMED);
    }

    private static String url(String userAndPassword, String sslMode) {
        return "postgresql://" + userAndPassword + "@localhost:" + server.port() + "/others?sslmode=" + sslMode
                + "&sslrootcert=" + TestCertificates.shared().authority();
    }

    private static void name(String url) {
        System.setProperty(URL, url);
    }

    private static void assertThatIsRefused(UnaryOperator<TestDatabaseBuilder> wish, String because) {
        assertThatIllegalStateException()
                .isThrownBy(() -> wish.apply(named()).start())
                .withMessageContaining(because)
                .withMessageContaining("EMBEDDED or TESTCONTAINERS")
                .satisfies(NamedDatabaseTest::hidesThePassword);
    }

    private static void hidesThePassword(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain("seen");
        }
    }

    private static int databases() throws SQLException {
        return Integer.parseInt(
                Sessions.query(owner, "SELECT count(*) FROM pg_database WHERE datname LIKE 'lifebelt%'"));
    }
}
