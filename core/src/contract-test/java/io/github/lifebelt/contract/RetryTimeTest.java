package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The time between two runs: nothing is held in it, it has an end, and outages fit into it. */
class RetryTimeTest extends UnitTest {

    private static final RetryPolicy LOST = RetryPolicy.conflictsAndLostConnections();

    /** Pauses whose random length is next to never so short that a test would miss one. */
    private static final Duration HALF_A_DAY = Duration.ofHours(12);

    private static final Duration AT_ONCE = Duration.ofMillis(100);

    /** A thread whose unit was interrupted. */
    private record Interrupted(Throwable failure, boolean flag, long endNanos) {}

    private Future<Interrupted> running(AtomicReference<Thread> thread, UnitOfWork settings) {
        return threads.submit(() -> {
            thread.set(Thread.currentThread());
            Throwable failure = catchThrowable(() -> settings.run(UnitTest::conflict));
            long end = System.nanoTime();
            return new Interrupted(failure, Thread.interrupted(), end);
        });
    }

    @Test
    @Tag("smoke")
    void noConnectionIsHeldInAPauseAndAnInterruptEndsIt() throws Exception {
        List<Integer> active = new ArrayList<>();
        CountDownLatch pausing = new CountDownLatch(1);
        pool.addListener(new PoolListener() {
            @Override
            public void unitRetried(String name, int attempt, Throwable failure, Duration pause) {
                active.add(pool.stats().active());
                pausing.countDown();
            }
        });
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<Interrupted> run = running(
                thread,
                unit.timeout(Duration.ofDays(1)).retry(RetryPolicy.conflicts().backoff(HALF_A_DAY, HALF_A_DAY)));
        assertThat(pausing.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(active).containsExactly(0);
        await().pollInterval(Duration.ofMillis(5)).until(() -> thread.get().getState() == Thread.State.TIMED_WAITING);
        assertThat(pool.stats().active()).isZero();
        fill(pool, 2);
        long interrupted = System.nanoTime();
        thread.get().interrupt();
        Interrupted end = run.get(10, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(end.endNanos() - interrupted)).isLessThan(atMost(AT_ONCE));
        assertThat(end.flag()).isTrue();
        assertThat(end.failure())
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.DEADLOCK));
    }

    @Test
    void anInterruptEndsTheWaitForAConnection() throws Exception {
        ConnectionPool one = open(builder().maxSize(1));
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (Connection held = one.getConnection()) {
            assertThat(held.isClosed()).isFalse();
            Future<Interrupted> run =
                    running(thread, UnitOfWork.on(one).named("order").retry(LOST));
            await().pollInterval(Duration.ofMillis(5)).until(() -> one.stats().pending() == 1);
            long interrupted = System.nanoTime();
            thread.get().interrupt();
            Interrupted end = run.get(10, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(end.endNanos() - interrupted)).isLessThan(atMost(AT_ONCE));
            assertThat(end.flag()).isTrue();
            assertThat(end.failure())
                    .isInstanceOfSatisfying(
                            ConnectionUnavailableException.class,
                            e -> assertThat(e.attempts()).hasSize(1))
                    .hasMessageContaining("[BORROW_INTERRUPTED]");
        }
        assertThat(one.stats().pending()).isZero();
    }

    @Test
    void anInterruptedUnitIsNotRunAgain() {
        AtomicInteger runs = new AtomicInteger();
        Throwable thrown = catchThrowable(() -> unit.retry(LOST).run(tx -> {
            runs.incrementAndGet();
            Thread.currentThread().interrupt();
            conflict(tx);
        }));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs).hasValue(1);
        assertThat(thrown).isInstanceOf(TransactionRolledBackException.class);
    }

    @Test
    void theTimeOutBoundsRunsAndPausesTogether() {
        AtomicInteger runs = new AtomicInteger();
        RetryPolicy steady =
                RetryPolicy.conflicts().maxAttempts(1_000).backoff(Duration.ofMillis(40), Duration.ofMillis(40));
        long begin = System.nanoTime();
        assertThatThrownBy(
                        () -> unit.timeout(Duration.ofMillis(600)).retry(steady).run(tx -> {
                            runs.incrementAndGet();
                            conflict(tx);
                        }))
                .isInstanceOf(TransactionRolledBackException.class);
        assertThat(since(begin)).isBetween(Duration.ofMillis(300), atMost(Duration.ofMillis(1_600)));
        assertThat(runs).hasValueGreaterThan(2);
    }

    @Test
    void withoutATimeOutNothingIsBegunAgainLaterThanABorrowerWouldWait() throws SQLException {
        ConnectionPool impatient = open(builder().borrowTimeout(Duration.ofSeconds(1)));
        fill(impatient, 1);
        AtomicInteger runs = new AtomicInteger();
        long begin = System.nanoTime();
        assertThatThrownBy(() -> UnitOfWork.on(impatient)
                        .retry(RetryPolicy.conflicts()
                                .maxAttempts(1_000)
                                .backoff(Duration.ofMillis(40), Duration.ofMillis(40)))
                        .run(tx -> {
                            runs.incrementAndGet();
                            conflict(tx);
                        }))
                .isInstanceOf(TransactionRolledBackException.class);
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
        assertThat(runs).hasValueGreaterThan(1);
    }

    @Test
    void theTimeOutBoundsTheWaitForAConnectionToo() throws Exception {
        ConnectionPool one = open(builder().maxSize(1));
        try (Connection held = borrowedByAnother(one)) {
            assertThat(held.isClosed()).isFalse();
            long begin = System.nanoTime();
            assertThatThrownBy(() -> UnitOfWork.on(one)
                            .timeout(Duration.ofMillis(300))
                            .retry(LOST)
                            .run(tx -> insert(tx, 1)))
                    .isInstanceOfSatisfying(ConnectionUnavailableException.class, e -> {
                        assertThat(e.retryable()).isFalse();
                        assertThat(e.attempts()).hasSize(1);
                    })
                    .hasMessageContaining("[POOL_EXHAUSTED]");
            assertThat(since(begin)).isBetween(Duration.ofMillis(299), atMost(Duration.ofSeconds(1)));
        }
        assertThat(one.stats().active()).isZero();
        assertThat(stored()).isZero();
    }

    /** Stops the server in the first run, and starts it a second later. */
    private int outlastsAnOutage(UnitOfWork settings) {
        AtomicReference<CompletableFuture<Void>> back = new AtomicReference<>();
        int attempts = settings.call(tx -> {
            insert(tx, 1);
            if (tx.attempt() == 1) {
                server().faults().stop(StopMode.FAST);
                back.set(CompletableFuture.runAsync(
                        () -> server().faults().start(),
                        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, threads)));
            }
            insert(tx, 2);
            return tx.attempt();
        });
        back.get().orTimeout(30, TimeUnit.SECONDS).join();
        return attempts;
    }

    @Test
    @Tag("smoke")
    void anOutageOfASecondIsOutlasted() throws SQLException {
        assertThat(outlastsAnOutage(unit.retry(LOST))).isGreaterThan(1);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void anOutageIsOutlastedByPausesWhereThePoolDoesNotWait() throws SQLException {
        ConnectionPool hasty = open(builder().failFast());
        AtomicLong pauses = new AtomicLong();
        hasty.addListener(new PoolListener() {
            @Override
            public void unitRetried(String name, int attempt, Throwable failure, Duration pause) {
                pauses.addAndGet(pause.toNanos());
            }
        });
        RetryPolicy patient = LOST.maxAttempts(200).backoff(Duration.ofMillis(100), Duration.ofMillis(500));
        int attempts = outlastsAnOutage(UnitOfWork.on(hasty).retry(patient));
        assertThat(attempts).isGreaterThan(2);
        assertThat(Duration.ofNanos(pauses.get())).isGreaterThan(Duration.ofMillis(500));
        assertThat(stored()).isEqualTo(2);
        assertThat(hasty.stats().active()).isZero();
    }

    @Test
    void onlyWhereTheServerNamesTransactionsCanTheyBeLookedForByName() {
        if (Servers.PRODUCT == DatabaseProduct.POSTGRESQL) {
            unit.commitOutcome(CommitOutcome.TRANSACTION_ID).run(tx -> insert(tx, 1));
        } else {
            assertThatThrownBy(() -> unit.commitOutcome(CommitOutcome.TRANSACTION_ID))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("[COMMIT_OUTCOME_UNSUPPORTED]")
                    .hasMessageContaining("allowed: OFF, TOKEN");
        }
    }

    @Test
    void withoutATokenTableNothingIsDoneInVain() throws SQLException {
        try (Connection connection = bare()) {
            Sql.execute(connection, "drop table if exists lifebelt_token");
        }
        UnitOfWork marked = unit.commitOutcome(CommitOutcome.TOKEN).retry(LOST);
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> marked.run(tx -> runs.incrementAndGet()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[TOKEN_TABLE_MISSING]")
                .hasMessageContaining(marked.tokenTableStatement());
        assertThatThrownBy(marked::begin).hasMessageContaining("[TOKEN_TABLE_MISSING]");
        assertThat(runs).hasValue(0);
        marked.readOnly().run(tx -> runs.incrementAndGet());
        assertThat(runs).hasValue(1);
        try (Connection connection = bare()) {
            Sql.execute(connection, marked.tokenTableStatement());
        }
        marked.run(tx -> insert(tx, 1));
        assertThat(stored()).isOne();
    }
}
