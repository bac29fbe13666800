package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fault after another while eight threads borrow: each borrow ends by its deadline, and when the faults are over the
 * pool is as it was, with no connection lost on either side.
 *
 * <p>{@code -Dlifebelt.contract.rounds=200} for more of them; {@code -Dlifebelt.contract.seed} repeats the order in which
 * a run has had them.
 */
class RandomFaultsTest extends PoolTest {

    private static final Logger LOG = LoggerFactory.getLogger(RandomFaultsTest.class);

    // One half of them plain, the other over TLS.
    private static final int ROUNDS = Integer.getInteger("lifebelt.contract.rounds", 50) / 2;
    private static final long SEED = Long.getLong("lifebelt.contract.seed", System.nanoTime());
    private static final int BORROWERS = 8;
    private static final int CONNECTIONS = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofMillis(250);
    private static final int STATEMENT_MILLIS = 200;
    private static final int LONGEST_FAULT_MILLIS = 120;
    private static final Duration RECOVERY = Duration.ofSeconds(10);
    // MySQL's list of sessions waits for each login that a black hole has cut off half way, as long as for its
    // time-out.
    private static final Duration SETTLING = Duration.ofSeconds(90);

    /** What happens, and how often beside the others: restarts take the longest. */
    private enum Fault implements Weighted {
        KILL_ALL(3),
        KILL_ONE(4),
        STOP(1),
        CRASH(1),
        RESET(4),
        FINISH(2),
        HALF_OPEN(3),
        BLACK_HOLE(3),
        SILENCE(3),
        REFUSAL(2),
        FREEZE(3),
        SLOW_HANDSHAKE(3);

        private final int weight;

        Fault(int weight) {
            this.weight = weight;
        }

        @Override
        public int weight() {
            return weight;
        }
    }

    /** The longest that something took, and during which fault it ended. */
    private record Slowest(Duration took, String during) {
        static void note(AtomicReference<Slowest> slowest, long begin, String during) {
            Slowest mine = new Slowest(since(begin), during);
            slowest.accumulateAndGet(mine, (a, b) -> a.took().compareTo(b.took()) >= 0 ? a : b);
        }
    }

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong someSession = new AtomicLong();
    private final AtomicReference<String> now = new AtomicReference<>("the beginning");
    private final AtomicReference<Slowest> borrow = new AtomicReference<>(new Slowest(Duration.ZERO, ""));
    private final AtomicReference<Slowest> use = new AtomicReference<>(new Slowest(Duration.ZERO, ""));
    private final LongAdder served = new LongAdder();

    @Test
    void everyBorrowEndsInTimeAndNothingIsLost() throws Exception {
        Random random = new Random(SEED);
        LOG.info("{} rounds of faults with -Dlifebelt.contract.seed={}", ROUNDS, SEED);
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool = open(ConnectionPool.builder(server().url(proxy))
                    .maxSize(CONNECTIONS)
                    .borrowTimeout(DEADLINE));
            // The first of a JVM may take longer than the deadline.
            await().atMost(RECOVERY).ignoreExceptions().untilAsserted(() -> fill(pool, CONNECTIONS));
            List<Future<?>> borrowers = new ArrayList<>();
            for (int i = 0; i < BORROWERS; i++) {
                borrowers.add(threads.submit(() -> borrowUntilOver(pool)));
            }
            Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
            for (int round = 0; round < ROUNDS; round++) {
                Fault fault = Weighted.next(Fault.values(), random);
                happened.merge(fault, 1, Integer::sum);
                now.set("round " + round + ", " + fault);
                happen(fault, proxy, random);
                pass(random);
            }
            now.set("the recovery");
            recover(pool);
            over.set(true);
            for (Future<?> borrower : borrowers) {
                borrower.get(10, TimeUnit.SECONDS);
            }
            LOG.info("{} borrows served, slowest {}, slowest use {}, under {}", served, borrow, use, happened);
            assertThat(borrow.get().took())
                    .as("%s with seed %d", borrow, SEED)
                    .isLessThan(atMost(DEADLINE.plus(GRACE)));
            assertThat(use.get().took())
                    .as("%s with seed %d", use, SEED)
                    .isLessThan(atMost(Duration.ofMillis(STATEMENT_MILLIS).plus(GRACE)));
            assertThat(served.sum()).isGreaterThan(ROUNDS);
            nothingIsLost(pool, proxy);
        }
    }

    private void borrowUntilOver(ConnectionPool pool) {
        while (!over.get()) {
            long begin = System.nanoTime();
            try {
                Connection connection;
                try {
                    connection = pool.getConnection();
                } finally {
                    Slowest.note(borrow, begin, now.get());
                }
                use(connection);
                served.increment();
            } catch (SQLException e) {
                // Which borrows and statements fail is another test's business; that they end is this one's.
                LOG.trace("during {}", now, e);
            }
        }
    }

    /** The application's own bound on its statements, without which a silent network keeps it for minutes. */
    private void use(Connection connection) throws SQLException {
        long begin = System.nanoTime();
        try (connection) {
            connection.setNetworkTimeout(Runnable::run, STATEMENT_MILLIS);
            someSession.set(sessionId(connection));
        } finally {
            Slowest.note(use, begin, now.get());
        }
    }

    private void happen(Fault fault, FaultProxy proxy, Random random) {
        Faults faults = server().faults();
        switch (fault) {
            case KILL_ALL -> faults.killSessions();
            case KILL_ONE -> faults.killSession(someSession.get());
            case STOP -> {
                faults.stop(random.nextBoolean() ? StopMode.FAST : StopMode.IMMEDIATE);
                pass(random);
                faults.start();
            }
            case CRASH -> {
                faults.crash();
                pass(random);
                faults.start();
            }
            case RESET -> proxy.reset();
            case FINISH -> proxy.finish();
            case HALF_OPEN -> proxy.halfOpen();
            case BLACK_HOLE -> untilHealed(proxy::blackhole, proxy, random);
            case SILENCE -> forNewConnections(proxy::acceptAndStaySilent, proxy, random);
            case REFUSAL -> forNewConnections(proxy::refuse, proxy, random);
            case FREEZE -> {
                faults.freeze();
                pass(random);
                faults.thaw();
            }
            case SLOW_HANDSHAKE -> forNewConnections(() -> proxy.slowHandshake(Duration.ofMillis(1)), proxy, random);
        }
    }

    /** While there are live ones nobody would notice. */
    private static void forNewConnections(Runnable fault, FaultProxy proxy, Random random) {
        untilHealed(
                () -> {
                    fault.run();
                    proxy.reset();
                },
                proxy,
                random);
    }

    private static void untilHealed(Runnable fault, FaultProxy proxy, Random random) {
        fault.run();
        pass(random);
        proxy.heal();
    }

    /** Lets time go by: as long as a fault, or the peace after it, is to last. */
    private static void pass(Random random) {
        Weighted.pass(random, LONGEST_FAULT_MILLIS);
    }

    private void recover(ConnectionPool pool) {
        long before = served.sum();
        await().atMost(RECOVERY).until(() -> served.sum() > before + CONNECTIONS);
        await().atMost(RECOVERY).until(() -> pool.stats().state() == PoolStats.State.UP);
    }

    /**
     * What the client gave up in a black hole its server still has, and what the server gave up its client may. Once the
     * server has ended all of them, only those of the pool are left.
     */
    private void nothingIsLost(ConnectionPool pool, FaultProxy proxy) throws SQLException {
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
        await().untilAsserted(() ->
                assertThat(standing()).as("open").isEqualTo(pool.stats().total()));
        await().atMost(SETTLING)
                .ignoreExceptions()
                .until(() -> server().faults().killSessions() >= 0);
        await().atMost(SETTLING).ignoreExceptions().untilAsserted(() -> {
            fill(pool, CONNECTIONS);
            assertThat(pool.stats().total()).as("in the pool").isEqualTo(CONNECTIONS);
            assertThat(server().sessions()).as("at the server").isEqualTo(CONNECTIONS);
            assertThat(proxy.connections()).as("through the proxy").isEqualTo(CONNECTIONS);
        });
    }
}
