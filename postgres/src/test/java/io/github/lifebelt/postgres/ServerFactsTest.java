package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ServerFactsTest {

    private static final Logger LOG = LoggerFactory.getLogger(ServerFactsTest.class);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase server;

    @BeforeAll
    static void start() {
        server = TestDatabase.postgres()
                .maxConnections(50)
                .idleTimeout(Duration.ofMinutes(5))
                .setting("superuser_reserved_connections", "2")
                .setting("tcp_keepalives_idle", "77")
                .start();
    }

    @AfterEach
    void heal() {
        server.faults().heal();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ServerFacts facts(Connection connection) throws SQLException {
        return Connects.dialect().serverFacts(connection);
    }

    private static ServerFacts facts() throws SQLException {
        try (Connected connected = Connects.open(server)) {
            return facts(connected.jdbc());
        }
    }

    private static String incarnation() throws SQLException {
        return Objects.requireNonNull(facts().incarnation());
    }

    @Test
    @Tag("smoke")
    void theServerSaysWhatItIs() throws SQLException {
        ServerFacts facts = facts();
        assertThat(facts.product()).isEqualTo("PostgreSQL");
        assertThat(server.version()).contains(facts.version());
        assertThat(facts.version()).matches("1\\d\\..+");
        assertThat(facts.readOnly()).isFalse();
        assertThat(facts.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(facts.maxConnections()).isEqualTo(50);
        assertThat(facts.reservedConnections()).isEqualTo(2);
        assertThat(facts.keepaliveIdle()).isEqualTo(Duration.ofSeconds(77));
        assertThat(facts.bouncer()).isFalse();
        assertThat(facts.incarnation()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void askingLeavesNoTransaction(boolean autocommit) throws SQLException {
        try (Connected connected = Connects.open(server)) {
            connected.jdbc().setAutoCommit(autocommit);
            facts(connected.jdbc());
            assertThat(Connects.dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.IDLE);
            BaseConnection base = connected.jdbc().unwrap(BaseConnection.class);
            ServerFacts facts = ServerFactsQuery.ask(
                    base, List.of("select pg_ls_waldir()", "select 1/0", "select version()", "select never()"));
            assertThat(facts.product()).isEqualTo("PostgreSQL");
            assertThat(facts.version()).matches("1\\d\\..+");
            assertThat(facts.incarnation()).isNull();
            assertThat(Connects.dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.IDLE);
            assertThat(ServerFactsQuery.ask(base, List.of("select 1/0")).product())
                    .isEqualTo("PostgreSQL");
            assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aBrokenLineIsNoAnswer() throws SQLException {
        try (FaultProxy proxy = server.proxy();
                Connected connected = Connects.open(server, proxy)) {
            proxy.reset();
            assertThat((Throwable) catchThrowableOfType(SQLException.class, () -> facts(connected.jdbc())))
                    .isNotNull();
        }
    }

    @Test
    void aServerThatIsFullIsReadOnlyAndASessionsOwnWishIsNot() throws SQLException {
        try (Connected connected = Connects.open(server);
                Connected wished = Connects.open(server.url() + "&options=-c%20default_transaction_read_only%3Don")) {
            execute(connected.jdbc(), "set session characteristics as transaction read only");
            assertThat(facts(connected.jdbc()).readOnly()).isFalse();
            assertThat(facts(wished.jdbc()).readOnly()).isFalse();
        }
        server.faults().makeReadOnly();
        await().atMost(SOON).until(() -> facts().readOnly());
        server.faults().makeWritable();
        await().atMost(SOON).until(() -> !facts().readOnly());
    }

    @Test
    @Tag("smoke")
    void theIncarnationIsTheSameForAllSessionsAndStaysSo() throws SQLException {
        String before = incarnation();
        try (Connected connected = Connects.open(server)) {
            execute(connected.jdbc(), "set timezone = 'Asia/Kathmandu'");
            execute(connected.jdbc(), "set intervalstyle = 'iso_8601'");
            execute(connected.jdbc(), "set extra_float_digits = 0");
            assertThat(facts(connected.jdbc()).incarnation()).isEqualTo(before);
            execute(connected.jdbc(), "create table work as select generate_series(1, 10000)");
            execute(connected.jdbc(), "drop table work");
            server.faults().killSessions();
        }
        // A second and longer than any server keeps its statistics to itself.
        long begin = System.nanoTime();
        await().atMost(SOON).until(() -> Connects.since(begin).compareTo(Duration.ofMillis(1500)) > 0);
        assertThat(incarnation()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAST", "IMMEDIATE"})
    void theIncarnationChangesWithARestart(String mode) throws SQLException {
        String before = incarnation();
        server.faults().stop(StopMode.valueOf(mode));
        server.faults().start();
        assertThat(incarnation()).isNotEqualTo(before);
    }

    @Test
    void theIncarnationChangesWithTheCrashOfOneProcess() throws SQLException {
        String before = incarnation();
        try (Connected victim = Connects.open(server)) {
            server.faults().crashBackend(Connects.dialect().sessionId(victim.jdbc()));
        }
        server.faults().start();
        await().atMost(SOON).ignoreExceptions().until(() -> !incarnation().isEmpty());
        String after = incarnation();
        assertThat(after).isNotEqualTo(before);
        assertThat(after.substring(0, after.indexOf('/')))
                .as("the server itself was not started again")
                .isEqualTo(before.substring(0, before.indexOf('/')));
        assertThat(incarnation()).isEqualTo(after);
    }

    @Test
    void theIncarnationChangesWithAPromotion() throws SQLException {
        try (TestDatabase replica = server.replica();
                Connected connected = Connects.open(replica)) {
            ServerFacts before = facts(connected.jdbc());
            assertThat(before.readOnly()).isTrue();
            assertThat(before.incarnation()).isNotEqualTo(incarnation());
            replica.faults().promote();
            ServerFacts after = facts(connected.jdbc());
            assertThat(after.readOnly()).isFalse();
            assertThat(after.incarnation()).isNotEqualTo(before.incarnation());
            assertThat(facts(connected.jdbc()).incarnation()).isEqualTo(after.incarnation());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, ",
        "'', ",
        "7200, 7200000",
        "500us, 0",
        "1500ms, 1500",
        "2s, 2000",
        "5min, 300000",
        "1h, 3600000",
        "1d, 86400000",
        "soon, ",
        "-1, "
    })
    void timesAreRead(String text, Long millis) {
        Duration time = ServerFactsQuery.time(text, "s");
        assertThat(time == null ? null : Long.valueOf(time.toMillis())).isEqualTo(millis);
    }

    @Test
    void itIsOneRoundTrip() throws SQLException {
        int rounds = 200;
        long[] nanos = new long[rounds];
        try (Connected connected = Connects.open(server)) {
            facts(connected.jdbc());
            for (int i = 0; i < rounds; i++) {
                long begin = System.nanoTime();
                facts(connected.jdbc());
                nanos[i] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(nanos);
        LOG.info("{} us is the median of what asking for facts takes", nanos[rounds / 2] / 1000);
    }
}
