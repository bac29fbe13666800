package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.contract.Sql;
import io.github.lifebelt.contract.VirtualThreads;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dialect's verbs do on the wire and to the session, plain and over TLS. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class SemanticsTest {

    private static final int LOCK = 4711;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration ONE_WAY = Duration.ofMillis(40);
    private static final int PINGS = 12;
    private static final long FEW_BYTES = 200;

    @Parameter
    boolean tls;

    private TestDatabase server() {
        return Servers.get(tls);
    }

    private Connected open() throws SQLException {
        return Connects.open(server());
    }

    private static TransactionState state(Connected connected) {
        return dialect().transactionState(connected.jdbc());
    }

    /** Fails a statement within a transaction. */
    private static void fail(Connected connected) {
        assertThatThrownBy(() -> query(connected.jdbc(), "select 1/0")).isInstanceOf(SQLException.class);
        assertThat(state(connected)).isEqualTo(TransactionState.FAILED);
    }

    @Test
    @Tag("smoke")
    void aPingIsOneRoundTrip() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            proxy.latency(ONE_WAY);
            List<Duration> took = new ArrayList<>();
            // More often than the driver waits before it prepares on the server.
            for (int i = 0; i < PINGS; i++) {
                long before = proxy.bytesToServer();
                long begin = System.nanoTime();
                dialect().ping(connected.jdbc());
                took.add(since(begin));
                assertThat(proxy.bytesToServer() - before).isBetween(1L, FEW_BYTES);
            }
            Duration roundTrip = ONE_WAY.multipliedBy(2);
            assertThat(took).allSatisfy(ping -> assertThat(ping).isGreaterThanOrEqualTo(roundTrip));
            // A busy machine makes some longer, never shorter.
            assertThat(Collections.min(took)).isLessThan(roundTrip.multipliedBy(2));
        }
    }

    @Test
    @Tag("smoke")
    void aPingOpensNoTransaction() throws SQLException {
        try (Connected connected = open();
                Connection other = Servers.bare(server())) {
            connected.jdbc().setAutoCommit(false);
            dialect().ping(connected.jdbc());
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
            assertThat(query(other, "select state from pg_stat_activity where pid = " + sessionId(connected)))
                    .isEqualTo("idle");
        }
    }

    private static long sessionId(Connected connected) {
        return dialect().sessionId(connected.jdbc());
    }

    @Test
    void theSessionIdIsTheBackends() throws SQLException {
        try (Connected connected = open()) {
            assertThat(sessionId(connected)).isEqualTo(Sql.sessionId(connected.jdbc()));
        }
    }

    @Test
    void aPingWorksInAnyTransactionAndChangesNothing() throws SQLException {
        try (Connected connected = open()) {
            connected.jdbc().setAutoCommit(false);
            query(connected.jdbc(), "select 1");
            dialect().ping(connected.jdbc());
            assertThat(state(connected)).isEqualTo(TransactionState.OPEN);
            fail(connected);
            for (int i = 0; i < PINGS; i++) {
                dialect().ping(connected.jdbc());
                assertThat(state(connected)).isEqualTo(TransactionState.FAILED);
            }
            connected.jdbc().rollback();
            assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aPingOfADeadSessionFails() throws SQLException {
        try (Connected connected = open()) {
            server().faults().killSession(Sql.sessionId(connected.jdbc()));
            await().atMost(SOON).until(() -> connected.socket().probe() == Liveness.DEAD);
            assertThatThrownBy(() -> dialect().ping(connected.jdbc())).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> dialect().ping(connected.jdbc())).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> dialect().rollback(connected.jdbc())).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void rollbackEndsATransactionHoweverItWasBegun() throws SQLException {
        try (Connected connected = open()) {
            execute(connected.jdbc(), "begin");
            rollsBack(connected);
            execute(connected.jdbc(), "begin");
            fail(connected);
            rollsBack(connected);
            connected.jdbc().setAutoCommit(false);
            query(connected.jdbc(), "select 1");
            rollsBack(connected);
            query(connected.jdbc(), "select 1");
            fail(connected);
            rollsBack(connected);
            execute(connected.jdbc(), "create temporary table t (n int)");
            rollsBack(connected);
            assertThat(query(connected.jdbc(), "select to_regclass('pg_temp.t')"))
                    .isNull();
        }
    }

    private static void rollsBack(Connected connected) throws SQLException {
        assertThat(state(connected)).isNotEqualTo(TransactionState.IDLE);
        dialect().rollback(connected.jdbc());
        assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
    }

    @Test
    void rollbackSendsNothingIfThereIsNothingToRollBack() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            dialect().ping(connected.jdbc());
            long before = proxy.bytesToServer();
            dialect().ping(connected.jdbc());
            long ping = proxy.bytesToServer() - before;
            dialect().rollback(connected.jdbc());
            connected.jdbc().setAutoCommit(false);
            dialect().rollback(connected.jdbc());
            dialect().ping(connected.jdbc());
            assertThat(proxy.bytesToServer() - before).isEqualTo(2 * ping);
        }
    }

    @Test
    @Tag("smoke")
    void theTransactionStateIsTheServers() throws SQLException {
        try (Connected connected = open()) {
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
            query(connected.jdbc(), "select 1");
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
            execute(connected.jdbc(), "begin");
            assertThat(state(connected)).isEqualTo(TransactionState.OPEN);
            execute(connected.jdbc(), "commit");
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
            connected.jdbc().setAutoCommit(false);
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
            query(connected.jdbc(), "select 1");
            assertThat(state(connected)).isEqualTo(TransactionState.OPEN);
            connected.jdbc().commit();
            assertThat(state(connected)).isEqualTo(TransactionState.IDLE);
        }
    }

    @Test
    @Tag("smoke")
    void aCancelledStatementLeavesTheConnectionAndItsProbe() throws Exception {
        try (Connected connected = open();
                Connection other = Servers.bare(server());
                Statement statement = connected.jdbc().createStatement()) {
            long pid = Sql.sessionId(connected.jdbc());
            FutureTask<SQLException> sleeping = new FutureTask<>(
                    () -> catchThrowableOfType(SQLException.class, () -> statement.execute("select pg_sleep(60)")));
            new Thread(sleeping, "sleeping").start();
            untilWaitsFor("PgSleep", other, pid);
            statement.cancel();
            assertThat(sleeping.get(10, TimeUnit.SECONDS).getSQLState()).isEqualTo("57014");
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            assertThat(Sql.sessionId(connected.jdbc())).isEqualTo(pid);
        }
    }

    @Test
    void aQueryTimeoutLeavesTheConnection() throws SQLException {
        try (Connected connected = open();
                Statement statement = connected.jdbc().createStatement()) {
            long pid = Sql.sessionId(connected.jdbc());
            statement.setQueryTimeout(1);
            SQLException failure =
                    catchThrowableOfType(SQLException.class, () -> statement.execute("select pg_sleep(60)"));
            assertThat(failure.getSQLState()).isEqualTo("57014");
            assertThat(Sql.sessionId(connected.jdbc())).isEqualTo(pid);
        }
    }

    @Test
    void anInterruptDuringAQueryKeepsConnectionAndFlag() throws Exception {
        try (Connected connected = open();
                Connection other = Servers.bare(server())) {
            execute(other, "select pg_advisory_lock(" + LOCK + ")");
            FutureTask<Boolean> flag = new FutureTask<>(() -> flagAfterAQuery(connected));
            Thread thread = new Thread(flag, "interrupted");
            thread.start();
            survivesAnInterrupt(connected, other, thread, flag);
        }
    }

    @Test
    @Tag("smoke")
    @EnabledForJreRange(min = JRE.JAVA_21)
    void anInterruptOfAVirtualThreadKeepsConnectionAndFlag() throws Exception {
        try (Connected connected = open();
                Connection other = Servers.bare(server())) {
            execute(other, "select pg_advisory_lock(" + LOCK + ")");
            VirtualThreads.Running<Boolean> running = VirtualThreads.start(() -> flagAfterAQuery(connected));
            survivesAnInterrupt(connected, other, running.thread(), running.result());
        }
    }

    private static boolean flagAfterAQuery(Connected connected) throws SQLException {
        execute(connected.jdbc(), "select pg_advisory_lock(" + LOCK + ")");
        return Thread.currentThread().isInterrupted();
    }

    private static void survivesAnInterrupt(
            Connected connected, Connection other, Thread thread, FutureTask<Boolean> flag) throws Exception {
        untilWaitsFor("advisory", other, sessionId(connected));
        thread.interrupt();
        execute(other, "select pg_advisory_unlock(" + LOCK + ")");
        assertThat(flag.get(10, TimeUnit.SECONDS))
                .as("interrupt flag afterwards")
                .isTrue();
        assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
        assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
    }

    private static void untilWaitsFor(String event, Connection other, long pid) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(SOON)
                .until(() -> event.equals(query(other, "select wait_event from pg_stat_activity where pid = " + pid)));
    }
}
