package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That a server and the driver say what {@link ClassifierTest} takes for given. */
class RealFailuresTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase server;

    @BeforeAll
    static void start() throws SQLException {
        server = TestDatabase.postgres().maxConnections(10).start();
        try (Connected connected = Connects.open(server)) {
            execute(connected.jdbc(), "create table notes (note text)");
        }
    }

    @AfterEach
    void heal() {
        server.faults().heal();
        server.faults().killSessions();
        await().atMost(SOON).until(() -> server.sessions() == 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static SQLException fails(DatabaseUrl url, Duration within) {
        return catchThrowableOfType(
                SQLException.class, () -> Connects.dialect().connect(Connects.request(url, within)));
    }

    private static void assertFails(DatabaseUrl url, String state, ConnectProblem problem, Verdict verdict) {
        assertIs(fails(url, Connects.AMPLE), state, problem, verdict);
    }

    private static void assertIs(SQLException failure, String state, ConnectProblem problem, Verdict verdict) {
        assertThat((Throwable) failure).isNotNull();
        assertThat(failure.getSQLState()).as("%s", failure).isEqualTo(state);
        assertThat(Connects.dialect().connectProblem(failure)).as("%s", failure).isEqualTo(problem);
        assertThat(Connects.whileConnecting(failure)).as("%s", failure).isEqualTo(verdict);
    }

    private static DatabaseUrl.Builder url() {
        return server.databaseUrl().toBuilder();
    }

    @Test
    void aFullServerIsAtCapacity() throws Exception {
        List<Connected> open = new ArrayList<>();
        try {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    open.add(Connects.open(server));
                }
            });
            assertIs(failure, "53300", ConnectProblem.AT_CAPACITY, Verdict.AT_CAPACITY);
            assertThat(query(open.get(0).jdbc(), "select 1")).isEqualTo("1");
        } finally {
            open.forEach(Connected::close);
        }
    }

    @Test
    void aLoginThatIsNotAcceptedIsAMatterOfCredentials() {
        assertFails(url().password("wrong").build(), "28P01", ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
        assertFails(url().user("nobody").build(), "28P01", ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
        assertFails(url().password("").build(), "08004", ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
        server.faults().rotatePassword("another");
        DatabaseUrl before = url().password(server.databaseUrl().credentials().secret() + "-old")
                .build();
        assertFails(before, "28P01", ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
    }

    @Test
    void aDatabaseThatIsMissingIsARefusal() {
        assertFails(url().database("missing").build(), "3D000", ConnectProblem.DATABASE, Verdict.REFUSED);
    }

    @Test
    void tlsThatOnlyOneSideWantsIsARefusal() {
        assertFails(url().sslMode(SslMode.DISABLE).build(), "28000", ConnectProblem.TLS, Verdict.REFUSED);
        try (TestDatabase plain = TestDatabase.postgres().tls(false).start()) {
            DatabaseUrl demanding =
                    plain.databaseUrl().toBuilder().sslMode(SslMode.REQUIRE).build();
            assertFails(demanding, "08004", ConnectProblem.TLS, Verdict.REFUSED);
        }
    }

    @Test
    @Tag("smoke")
    void nobodyThereIsAnOutage() {
        try (FaultProxy proxy = server.proxy()) {
            DatabaseUrl url = server.databaseUrl(proxy);
            proxy.refuse();
            assertFails(url, "08001", ConnectProblem.UNREACHABLE, Verdict.DATABASE_DOWN);
            proxy.acceptAndStaySilent();
            assertIs(fails(url, Duration.ofSeconds(1)), "08001", ConnectProblem.TIMED_OUT, Verdict.DATABASE_DOWN);
        }
        DatabaseUrl unknown = DatabaseUrl.parse("postgresql://app:x@no-such-host.invalid/app?sslmode=disable");
        assertFails(unknown, "08001", ConnectProblem.UNKNOWN_HOST, Verdict.DATABASE_DOWN);
    }

    /** The server takes part of a second to recover, and says so to whoever comes meanwhile. */
    @Test
    void aServerThatRecoversIsAnOutage() {
        AtomicReference<SQLException> recovering = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).until(() -> {
            server.faults().start();
            try (Connected victim = Connects.open(server)) {
                server.faults().crashBackend(Connects.dialect().sessionId(victim.jdbc()));
            }
            SQLException failure = fails(server.databaseUrl(), Connects.AMPLE);
            if (failure != null && "57P03".equals(failure.getSQLState())) {
                recovering.set(failure);
            }
            return recovering.get() != null;
        });
        assertIs(recovering.get(), "57P03", ConnectProblem.STARTING, Verdict.DATABASE_DOWN);
    }

    @Test
    void aServerThatHasBecomeReadOnlyIsNoLongerWhatAWriterWants() throws Exception {
        try (Connected writer = Connects.open(server)) {
            server.faults().makeReadOnly();
            await().atMost(SOON)
                    .until(() ->
                            query(writer.jdbc(), "show transaction_read_only").equals("on"));
            assertThatWritesAreRefused(writer);
        }
    }

    @Test
    void aReplicaRefusesWritesToo() throws Exception {
        try (TestDatabase replica = server.replica();
                Connected writer = Connects.open(replica)) {
            assertThatWritesAreRefused(writer);
        }
    }

    private static void assertThatWritesAreRefused(Connected writer) throws SQLException {
        SQLException refused = catchThrowableOfType(
                SQLException.class, () -> execute(writer.jdbc(), "insert into notes values ('x')"));
        assertThat(refused.getSQLState()).isEqualTo("25006");
        assertThat(Connects.classifier().classify(refused, Phase.WORK, Role.READ_WRITE))
                .isEqualTo(Verdict.ROLE_CHANGED);
        assertThat(Connects.classifier().classify(refused, Phase.WORK, Role.READ_ONLY))
                .isEqualTo(Verdict.KEEP);
        assertThat(query(writer.jdbc(), "select 1")).isEqualTo("1");
    }

    @Test
    void whatASessionIsEndedForDoesNotConcernTheOthers() throws Exception {
        try (Connected lazy = Connects.open(server)) {
            execute(lazy.jdbc(), "set idle_in_transaction_session_timeout = '10ms'");
            lazy.jdbc().setAutoCommit(false);
            SQLException ended = catchThrowableOfType(
                    SQLException.class, () -> await().atMost(SOON).until(() -> query(lazy.jdbc(), "select 1") == null));
            assertThat(ended.getSQLState()).isEqualTo("25P03");
            // The driver hangs the end of the line that follows to it; the reason given before is what counts.
            assertThat((Throwable) ended.getNextException()).isNotNull();
            assertThat(Connects.classifier().classify(ended, Phase.WORK, Role.READ_WRITE))
                    .isEqualTo(Verdict.EVICT);
        }
    }
}
