package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.internal.jdbc.LeasedTransaction;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.tx.UnitSupport;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.tx.CommitMarker;
import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A COMMIT that was not answered is found out about: on another connection, and whatever else is going on. */
class CommitOutcomeTest extends PoolTest {

    private static final String PRODUCT_DIALECT =
            Servers.PRODUCT == DatabaseProduct.POSTGRESQL ? "postgresql" : "mysql";

    private final List<Boolean> resolved = new CopyOnWriteArrayList<>();
    private ProtocolProxy proxy;
    private ConnectionPool pool;

    @BeforeEach
    void poolBehindAProxy() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists paid");
            execute(connection, "create table paid (n int)");
        }
        proxy = server().protocolProxy();
        pool = open(ConnectionPool.builder(server().url(proxy)).maxSize(2).listener(new PoolListener() {
            @Override
            public void commitResolved(String unit, boolean committed, Duration took) {
                resolved.add(committed);
            }
        }));
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists lifebelt_token");
            execute(connection, UnitOfWork.on(pool).tokenTableStatement());
        }
    }

    @AfterEach
    void leavesNothingBehind() {
        proxy.heal();
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
        nothingLeftInTransaction(server());
        proxy.close();
    }

    private UnitOfWork unit(CommitMode mode) {
        return mode.on(UnitOfWork.on(pool)).named("pay");
    }

    private static void insert(Transaction tx) throws SQLException {
        execute(tx.connection(), "insert into paid values (1)");
    }

    private int stored() throws SQLException {
        try (Connection connection = bare()) {
            return Integer.parseInt(query(connection, "select count(*) from paid"));
        }
    }

    static Stream<CommitMode> modes() {
        return CommitMode.all();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anAnswerThatWasLostIsFoundToBeACommit(CommitMode mode) throws SQLException {
        for (Ending ending : List.of(Ending.RESET, Ending.FINISH)) {
            proxy.loseCommitAnswer(ending);
            AtomicInteger runs = new AtomicInteger();
            String result = unit(mode)
                    .retry(RetryPolicy.conflictsAndLostConnections())
                    .call(tx -> {
                        insert(tx);
                        runs.incrementAndGet();
                        return "value";
                    });
            assertThat(result).isEqualTo("value");
            assertThat(runs).hasValue(1);
        }
        assertThat(proxy.commitAnswersLost()).isEqualTo(2);
        assertThat(resolved).containsExactly(true, true);
        assertThat(stored()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aRequestThatWasLostIsFoundToBeARollback(CommitMode mode) throws SQLException {
        for (Ending ending : List.of(Ending.RESET, Ending.FINISH)) {
            proxy.loseCommitRequest(ending);
            assertThatThrownBy(() -> unit(mode).run(CommitOutcomeTest::insert))
                    .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                        assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST);
                        assertThat(e.effect()).isEqualTo(Effect.NONE);
                        assertThat(e.retryable()).isTrue();
                    })
                    .hasMessageContaining("during COMMIT, which had no effect");
        }
        assertThat(resolved).containsExactly(false, false);
        assertThat(stored()).isZero();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void onlyWhatWasNotStoredIsRunAgain(CommitMode mode) throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        unit(mode).retry(RetryPolicy.conflictsAndLostConnections()).run(tx -> {
            assertThat(tx.attempt()).isEqualTo(runs.incrementAndGet());
            insert(tx);
            if (tx.attempt() < 3) {
                proxy.loseCommitRequest(Ending.RESET);
            }
        });
        assertThat(runs).hasValue(3);
        assertThat(stored()).isOne();
    }

    /** The server holds the transaction open, and nobody tells it that its client has gone. */
    @ParameterizedTest
    @MethodSource("modes")
    void aFlowThatFallsSilentInTheMiddleOfCommitIsFoundOutAboutToo(CommitMode mode) throws SQLException {
        UnitOfWork bounded = unit(mode).timeout(Duration.ofSeconds(2));
        proxy.loseCommitAnswer(Ending.SILENCE);
        bounded.run(CommitOutcomeTest::insert);
        assertThat(stored()).isOne();

        proxy.loseCommitRequest(Ending.SILENCE);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> bounded.run(CommitOutcomeTest::insert))
                .isInstanceOf(TransactionRolledBackException.class);
        // The time-out, its grace, that of a slow COMMIT, and the looks in between.
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(10)));
        assertThat(resolved).containsExactly(true, false);
        assertThat(stored()).isOne();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anExhaustedPoolDoesNotKeepAnyoneFromFindingOut(CommitMode mode) throws Exception {
        ConnectionPool small = open(ConnectionPool.builder(server().url(proxy)).maxSize(1));
        UnitOfWork only = mode.on(UnitOfWork.on(small));
        CountDownLatch over = new CountDownLatch(1);
        Future<?>[] next = new Future<?>[1];
        proxy.loseCommitAnswer(Ending.RESET);
        only.run(tx -> {
            insert(tx);
            next[0] = threads.submit(() -> {
                try (Connection connection = small.getConnection()) {
                    return over.await(30, TimeUnit.SECONDS);
                }
            });
            await().until(() -> small.stats().pending() == 1);
        });
        assertThat(stored()).isOne();
        over.countDown();
        assertThat(next[0].get(10, TimeUnit.SECONDS)).isEqualTo(true);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void whatCouldNotBeFoundOutInTimeIsFoundOutLater(CommitMode mode) throws Exception {
        for (boolean committed : List.of(true, false)) {
            if (committed) {
                proxy.loseCommitAnswer(Ending.RESET);
            } else {
                proxy.loseCommitRequest(Ending.RESET);
            }
            CommitOutcomeUnknownException unknown = catchThrowableOfType(
                    CommitOutcomeUnknownException.class,
                    () -> unit(mode).resolveTimeout(Duration.ofMillis(300)).run(tx -> {
                        insert(tx);
                        // There is no way back to the database from here on.
                        proxy.refuse();
                    }));
            assertThat(unknown.effect()).isEqualTo(Effect.UNKNOWN);
            assertThat(unknown.retryable()).isFalse();
            assertThat(unknown).hasMessageContaining("[COMMIT_OUTCOME_UNKNOWN] unit 'pay'");
            CommitMarker marker = unknown.marker();
            assertThat(marker).isNotNull();
            assertThat(marker.unit()).isEqualTo("pay");
            assertThat(CommitMarker.parse(marker.toString())).isEqualTo(marker);
            assertThat(((CommitOutcomeUnknownException) copy(unknown)).marker()).isEqualTo(marker);
            proxy.heal();
            Effect effect = committed ? Effect.COMMITTED : Effect.NONE;
            assertThat(marker.resolve(pool, Duration.ofSeconds(10))).isEqualTo(effect);
            assertThat(CommitMarker.parse(marker.toString()).resolve(pool, Duration.ofSeconds(10)))
                    .isEqualTo(effect);
        }
        assertThat(stored()).isOne();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aPoolThatIsClosedMeanwhileDoesNotKeepAnyoneFromFindingOut(CommitMode mode) throws Exception {
        ConnectionPool closing =
                open(ConnectionPool.builder(server().url(proxy)).maxSize(1));
        UnitOfWork unit = mode.on(UnitOfWork.on(closing));
        Future<?> closer = threads.submit(() -> {
            await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.commitAnswersLost() == 1);
            closing.close(Duration.ZERO);
            proxy.heal();
        });
        unit.run(tx -> {
            insert(tx);
            proxy.loseCommitAnswer(Ending.RESET);
            proxy.refuse();
        });
        closer.get(10, TimeUnit.SECONDS);
        assertThat(stored()).isOne();
    }

    private static Object copy(Object original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    /** Its token may have been removed by then, which would look like a rollback. */
    @Test
    void aTokenOfYesterdayIsNotLookedFor() {
        Instant yesterday = Instant.now().minus(Duration.ofHours(24));
        CommitMarker marker = CommitMarker.parse("lifebelt-commit-1:" + PRODUCT_DIALECT + ":pay:"
                + yesterday.toEpochMilli() + "::01890a5d-ac96-774b-bcce-b302099a8057:7:x");
        assertThat(marker.at()).isEqualTo(yesterday.truncatedTo(ChronoUnit.MILLIS));
        assertThat(marker.resolve(pool, Duration.ofSeconds(10))).isEqualTo(Effect.UNKNOWN);
    }

    @Test
    void whatIsNoMarkerIsRefused() {
        for (String text : List.of(
                "",
                "lifebelt-commit-1",
                "lifebelt-commit-1:postgresql:pay:0:::7:x",
                "lifebelt-commit-1:postgresql:pay:0:1 or 1=1::7:x",
                "lifebelt-commit-1:postgresql:pay:0::no-uuid:7:x")) {
            assertThatThrownBy(() -> CommitMarker.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lifebelt-commit-1");
        }
    }

    @Test
    void oldTokensAreSweptAndYoungOnesStay() throws SQLException {
        UnitOfWork unit = unit(CommitMode.TOKEN);
        for (int i = 0; i < 3; i++) {
            unit.run(CommitOutcomeTest::insert);
        }
        UnitSupport units = pool.unwrap(PoolEngine.class).units();
        assertThat(units.sweepTokens(Instant.now().minus(Duration.ofHours(24)))).isZero();
        assertThat(units.sweepTokens(Instant.now().plus(Duration.ofMinutes(1)))).isEqualTo(3);
        try (Connection connection = bare()) {
            assertThat(query(connection, "select count(*) from lifebelt_token")).isEqualTo("0");
        }
    }

    @Test
    void withoutAWayToFindOutTheOutcomeStaysUnknown() throws SQLException {
        UnitOfWork off = UnitOfWork.on(pool).commitOutcome(CommitOutcome.OFF);
        proxy.loseCommitAnswer(Ending.RESET);
        assertThatThrownBy(() ->
                        off.retry(RetryPolicy.conflictsAndLostConnections()).run(CommitOutcomeTest::insert))
                .isInstanceOfSatisfying(CommitOutcomeUnknownException.class, e -> {
                    assertThat(e.effect()).isEqualTo(Effect.UNKNOWN);
                    assertThat(e.marker()).isNull();
                    assertThat(e.attempts()).hasSize(1);
                })
                .hasMessageContaining("TOKEN");
        assertThat(stored()).isOne();
        // Whoever says that twice does no harm gets it twice.
        proxy.loseCommitAnswer(Ending.RESET);
        off.retry(RetryPolicy.conflictsAndLostConnections())
                .retryUnknownOutcome()
                .run(CommitOutcomeTest::insert);
        assertThat(stored()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aReaderHasNothingToLose(CommitOutcome outcome) {
        if (outcome == CommitOutcome.TRANSACTION_ID && CommitMode.all().noneMatch(CommitMode.ID::equals)) {
            return;
        }
        proxy.loseCommitAnswer(Ending.RESET);
        String found = UnitOfWork.on(pool)
                .commitOutcome(outcome)
                .readOnly()
                .call(tx -> query(tx.connection(), "select count(*) from paid"));
        assertThat(found).isEqualTo("0");
        assertThat(proxy.commitAnswersLost()).isOne();
        assertThat(resolved).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anInterruptDoesNotEndTheSearch(CommitMode mode) throws Exception {
        Thread unitThread = Thread.currentThread();
        proxy.loseCommitAnswer(Ending.RESET);
        Future<?> interrupter = threads.submit(() -> {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> proxy.commitAnswersLost() == 1);
            unitThread.interrupt();
        });
        unit(mode).run(CommitOutcomeTest::insert);
        await().until(interrupter::isDone);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(stored()).isOne();
    }

    /** There an interrupt closes the socket below the driver: a COMMIT in doubt without any fault of the network's. */
    @ParameterizedTest
    @MethodSource("modes")
    @Tag("smoke")
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualThreadThatIsInterruptedDuringCommitFindsOut(CommitMode mode) throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        VirtualThreads.Running<Boolean> running = VirtualThreads.start(() -> {
            unit(mode).run(tx -> {
                insert(tx);
                // COMMIT is under way for that long, and whoever finds out waits for longer.
                proxy.latency(Duration.ofSeconds(1));
                working.countDown();
            });
            return Thread.interrupted();
        });
        assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Stream.of(running.thread().getStackTrace()).anyMatch(CommitOutcomeTest::sendsCommit));
        running.thread().interrupt();
        proxy.latency(Duration.ZERO);
        boolean flag;
        try {
            flag = running.result().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // The interrupt came before COMMIT was sent.
            assertThat(e).hasCauseInstanceOf(TransactionRolledBackException.class);
            assertThat(stored()).isZero();
            return;
        }
        assertThat(flag).isTrue();
        assertThat(stored()).isOne();
    }

    private static boolean sendsCommit(StackTraceElement frame) {
        return frame.getClassName().equals(LeasedTransaction.class.getName())
                && frame.getMethodName().equals("commit");
    }
}
