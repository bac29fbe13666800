package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transaction is begun with, plain and over TLS. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class TransactionBeginTest {

    private static final Duration ONE_WAY = Duration.ofMillis(40);
    private static final TransactionStart NOTHING = new TransactionStart(null, false, null, null, null, false);
    private static final TransactionStart ALL = new TransactionStart(
            Connection.TRANSACTION_SERIALIZABLE,
            false,
            Duration.ofSeconds(7),
            Duration.ofMillis(800),
            Duration.ofMinutes(9),
            true);
    private static final String TIMEOUTS = "select current_setting('statement_timeout') || ' '"
            + " || current_setting('lock_timeout') || ' ' || coalesce(current_setting('transaction_timeout', true), '0') || ' '"
            + " || current_setting('idle_in_transaction_session_timeout')";

    @Parameter
    boolean tls;

    private Connected connected;
    private ServerFacts facts;

    private TestDatabase server() {
        return Servers.get(tls);
    }

    @BeforeEach
    void open() throws SQLException {
        connected = Connects.open(server());
        facts = dialect().serverFacts(connected.jdbc());
        connected.jdbc().setAutoCommit(false);
    }

    @AfterEach
    void close() {
        connected.close();
    }

    private Mark begin(TransactionStart start) throws SQLException {
        return dialect().begin(connected.jdbc(), start, facts);
    }

    private static ServerFacts ofVersion(ServerFacts facts, String version) {
        return new ServerFacts(
                facts.product(), version, facts.readOnly(), facts.incarnation(), null, null, null, null, false);
    }

    private String ask(String query) throws SQLException {
        return query(connected.jdbc(), query);
    }

    @Test
    void allIsOneRoundTripAndNothingIsNone() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected client = Connects.open(server(), proxy)) {
            client.jdbc().setAutoCommit(false);
            long sent = proxy.bytesToServer();
            assertThat(dialect().begin(client.jdbc(), NOTHING, facts)).isNull();
            dialect().endOf(client.jdbc(), NOTHING);
            assertThat(proxy.bytesToServer()).isEqualTo(sent);
            assertThat(dialect().transactionState(client.jdbc())).isEqualTo(TransactionState.IDLE);
            dialect().begin(client.jdbc(), ALL, facts);
            client.jdbc().rollback();
            proxy.latency(ONE_WAY);
            List<Duration> took = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                long begin = System.nanoTime();
                assertThat(dialect().begin(client.jdbc(), ALL, facts)).isNotNull();
                took.add(since(begin));
                client.jdbc().rollback();
            }
            Duration roundTrip = ONE_WAY.multipliedBy(2);
            assertThat(took).allSatisfy(each -> assertThat(each).isGreaterThanOrEqualTo(roundTrip));
            assertThat(Collections.min(took)).isLessThan(roundTrip.multipliedBy(2));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSetEndsWithTheTransaction(boolean commit) throws SQLException {
        connected.jdbc().setAutoCommit(true);
        execute(connected.jdbc(), "set statement_timeout = '3min'");
        String before = ask(TIMEOUTS);
        connected.jdbc().setAutoCommit(false);
        Mark mark = begin(ALL);
        assertThat(dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.OPEN);
        assertThat(mark.transactionId()).isEqualTo(ask("select txid_current()"));
        assertThat(mark.session()).isEqualTo(dialect().sessionId(connected.jdbc()));
        assertThat(mark.incarnation()).isEqualTo(facts.incarnation());
        assertThat(ask(TIMEOUTS)).isEqualTo("7s 800ms " + bounded("9min"));
        assertThat(ask("show transaction_isolation")).isEqualTo("serializable");
        if (commit) {
            connected.jdbc().commit();
        } else {
            connected.jdbc().rollback();
        }
        dialect().endOf(connected.jdbc(), ALL);
        connected.jdbc().setAutoCommit(true);
        assertThat(ask(TIMEOUTS)).isEqualTo(before);
        assertThat(ask("show transaction_isolation")).isEqualTo("read committed");
    }

    /** As a server of this version bounds a transaction, by the one setting or the other. */
    private String bounded(String time) {
        return Integer.parseInt(facts.version().split("\\D")[0]) >= 17 ? time + " 0" : "0 " + time;
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.13", "9.6", ""})
    void anOlderServerBoundsHowLongItWaitsForItsClient(String version) throws SQLException {
        facts = ofVersion(facts, version);
        begin(ALL);
        assertThat(ask(TIMEOUTS)).isEqualTo("7s 800ms 0 9min");
    }

    @ParameterizedTest
    @CsvSource({"PT0.000000001S, 1ms", "PT0.001000001S, 2ms", "PT0S, 1ms", "PT-1S, 1ms", "P10000D, 2147483647ms"})
    void timesAreRoundedUpAndNeverNone(Duration time, String shown) throws SQLException {
        begin(new TransactionStart(null, false, null, time, null, false));
        assertThat(ask(TIMEOUTS)).isEqualTo("0 " + shown + " 0 0");
    }

    @Test
    void aTransactionThatOnlyReadsIsRefusedWrites() throws SQLException {
        execute(connected.jdbc(), "create temporary table notes (n int)");
        execute(connected.jdbc(), "create table if not exists read_only_notes (n int)");
        connected.jdbc().commit();
        for (Integer isolation : new Integer[] {null, Connection.TRANSACTION_REPEATABLE_READ}) {
            TransactionStart start = new TransactionStart(isolation, true, null, null, null, false);
            begin(start);
            SQLException refused = catchThrowableOfType(
                    SQLException.class, () -> execute(connected.jdbc(), "insert into read_only_notes values (1)"));
            assertThat(refused.getSQLState()).isEqualTo("25006");
            assertThat(dialect().workProblem(refused)).isEqualTo(WorkProblem.READ_ONLY_SERVER);
            connected.jdbc().rollback();
            dialect().endOf(connected.jdbc(), start);
            execute(connected.jdbc(), "insert into read_only_notes values (1)");
            connected.jdbc().rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, read uncommitted", "2, read committed", "4, repeatable read", "8, serializable"})
    void theIsolationIsTheTransactions(int isolation, String words) throws SQLException {
        begin(new TransactionStart(isolation, false, null, null, null, false));
        assertThat(ask("show transaction_isolation")).isEqualTo(words);
        connected.jdbc().rollback();
        assertThat(ask("show transaction_isolation")).isEqualTo("read committed");
    }

    @Test
    void aStatementThatTakesTooLongIsATimeout() throws SQLException {
        assertThat(dialect().driverWatchesStatements()).isFalse();
        begin(new TransactionStart(null, false, Duration.ofMillis(300), null, null, false));
        SQLException late =
                catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), "select pg_sleep(60)"));
        assertThat(late.getSQLState()).isEqualTo("57014");
        assertThat(dialect().workProblem(late)).isEqualTo(WorkProblem.TIMEOUT);
        assertThat(dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.FAILED);
    }

    @Test
    void aTransactionThatTakesTooLongIsEnded() throws SQLException {
        begin(new TransactionStart(null, false, null, null, Duration.ofMillis(300), false));
        SQLException late = catchThrowableOfType(
                SQLException.class,
                () -> await().pollInterval(Duration.ofMillis(600)).until(() -> ask("select 1") == null));
        assertThat(late.getSQLState()).isIn("25P03", "25P04");
        assertThat(dialect().workProblem(late)).isEqualTo(WorkProblem.TIMEOUT);
    }

    @Test
    void aStatementThatIsCancelledLeavesItsTransactionToBeRolledBack() throws Exception {
        try (Connection other = Servers.bare(server())) {
            FutureTask<SQLException> sleeping = new FutureTask<>(() ->
                    catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), "select pg_sleep(60)")));
            new Thread(sleeping, "sleeping").start();
            String sleeps = "select max(wait_event) from pg_stat_activity where pid = "
                    + dialect().sessionId(connected.jdbc());
            await().until(() -> "PgSleep".equals(query(other, sleeps)));
            dialect().cancel(connected.jdbc(), () -> {
                throw new AssertionError("needs no other connection");
            });
            SQLException cancelled = sleeping.get(10, TimeUnit.SECONDS);
            assertThat(cancelled.getSQLState()).isEqualTo("57014");
            assertThat(dialect().workProblem(cancelled)).isEqualTo(WorkProblem.CANCELLED);
            assertThat(dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.FAILED);
            dialect().rollback(connected.jdbc());
            dialect().cancel(connected.jdbc(), () -> other);
            dialect().ping(connected.jdbc());
        }
    }
}
