package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static io.github.lifebelt.testing.PoolAssertions.exactlyOnce;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
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
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fault after another, most of them at COMMIT, while four threads add to one counter: it stands at what they were told,
 * and with tokens nobody is told that nobody knows.
 *
 * <p>{@code -Dlifebelt.contract.commitRounds=2000} for more of them; {@code -Dlifebelt.contract.seed} repeats the order in
 * which a run has had them.
 */
public class CommitFaultsTest extends PoolTest {

    private static final Logger LOG = LoggerFactory.getLogger(CommitFaultsTest.class);

    // Spread over the ways of finding out, plain and over TLS.
    private static final int ROUNDS = Math.toIntExact(Integer.getInteger("lifebelt.contract.commitRounds", 200)
            / (2 * CommitMode.all().count()));
    private static final long SEED = Long.getLong("lifebelt.contract.seed", System.nanoTime());
    private static final int WORKERS = 4;
    private static final int LONGEST_PEACE_MILLIS = 20;
    private static final Duration UNIT = Duration.ofSeconds(3);
    private static final Duration LAST_UNITS = Duration.ofSeconds(90);

    /** What happens, and how often beside the others. */
    private enum Fault implements Weighted {
        LOSE_REQUEST(12),
        LOSE_ANSWER(12),
        LOSE_REQUEST_SILENTLY(1),
        LOSE_ANSWER_SILENTLY(1),
        KILL_ONE(8),
        KILL_ALL(4),
        RESET(5),
        FINISH(4),
        HALF_OPEN(1),
        INTERRUPT(3),
        FREEZE(2),
        CRASH_BACKEND(1),
        STOP(1),
        CRASH(1);

        private final int weight;

        Fault(int weight) {
            this.weight = weight;
        }

        @Override
        public int weight() {
            return weight;
        }
    }

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong someSession = new AtomicLong();
    private final LongAdder ended = new LongAdder();
    private final LongAdder resolved = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final List<Thread> workers = new ArrayList<>();

    protected static Stream<CommitMode> modes() {
        return CommitMode.all();
    }

    // As long as more rounds than the default need; each wait in it has its own limit.
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @MethodSource("modes")
    protected void theCounterStandsAtWhatWasReported(CommitMode mode) throws Exception {
        Random random = new Random(SEED);
        LOG.info("{} rounds of faults at COMMIT, {}, with -Dlifebelt.contract.seed={}", ROUNDS, mode, SEED);
        try (ProtocolProxy proxy = proxy()) {
            ConnectionPool pool = open(
                    ConnectionPool.builder(server().url(proxy)).maxSize(WORKERS).listener(new Counting()));
            UnitOfWork unit =
                    mode.on(UnitOfWork.on(pool)).timeout(UNIT).retry(RetryPolicy.conflictsAndLostConnections());
            Ledger ledger = Ledger.in(server().dataSource());
            createTables(unit);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                running.add(threads.submit(() -> work(unit, ledger)));
            }
            Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
            for (int round = 0; round < ROUNDS; round++) {
                Fault fault = Weighted.next(Fault.values(), random);
                happened.merge(fault, 1, Integer::sum);
                long before = ended.sum();
                happen(fault, proxy, random);
                await().atMost(LAST_UNITS)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> ended.sum() > before + WORKERS);
                pass(random);
            }
            proxy.heal();
            over.set(true);
            for (Future<?> worker : running) {
                worker.get(LAST_UNITS.toSeconds(), TimeUnit.SECONDS);
            }
            Ledger.Count count = exactlyOnce(ledger);
            LOG.info("{}: {}, {} retried, {} resolved, under {}", mode, count, retried, resolved, happened);
            assertThat(counter()).as("seed %d", SEED).isEqualTo(count.committed() + count.unknownStored());
            if (mode == CommitMode.TOKEN) {
                assertThat(count.unknown()).as("seed %d", SEED).isZero();
            }
            assertThat(count.committed()).isGreaterThan(ROUNDS);
            await().untilAsserted(() -> assertThat(pool.stats().active()).isZero());
            assertThat(pool.stats().pending()).isZero();
            nothingLeftInTransaction(server());
        }
    }

    /** The network that loses things. */
    protected ProtocolProxy proxy() {
        return server().protocolProxy();
    }

    private final class Counting implements PoolListener {
        @Override
        public void commitResolved(String unit, boolean committed, Duration took) {
            resolved.increment();
        }

        @Override
        public void unitRetried(String unit, int attempt, Throwable failure, Duration pause) {
            retried.increment();
        }
    }

    private void createTables(UnitOfWork unit) throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists lifebelt_token");
            execute(connection, unit.tokenTableStatement());
            execute(connection, "drop table if exists counters");
            execute(connection, "create table counters (id int primary key, n int)");
            execute(connection, "insert into counters values (1, 0)");
        }
    }

    private long counter() throws SQLException {
        try (Connection connection = bare()) {
            return Long.parseLong(query(connection, "select n from counters where id = 1"));
        }
    }

    private void work(UnitOfWork unit, Ledger ledger) {
        synchronized (workers) {
            workers.add(Thread.currentThread());
        }
        while (!over.get()) {
            ledger.attempt(number -> unit.run(tx -> add(tx, ledger, number)));
            // Some of them are interrupted, and go on.
            Thread.interrupted();
            ended.increment();
        }
    }

    private void add(Transaction tx, Ledger ledger, long number) throws SQLException {
        someSession.set(sessionId(tx.connection()));
        ledger.write(tx.connection(), number);
        execute(tx.connection(), "update counters set n = n + 1 where id = 1");
    }

    private void happen(Fault fault, ProtocolProxy proxy, Random random) {
        Faults faults = server().faults();
        switch (fault) {
            case LOSE_REQUEST -> proxy.loseCommitRequest(audible(random), 1 + random.nextInt(2));
            case LOSE_ANSWER -> proxy.loseCommitAnswer(audible(random), 1 + random.nextInt(2));
            case LOSE_REQUEST_SILENTLY -> proxy.loseCommitRequest(Ending.SILENCE);
            case LOSE_ANSWER_SILENTLY -> proxy.loseCommitAnswer(Ending.SILENCE);
            case KILL_ONE -> faults.killSession(someSession.get());
            case KILL_ALL -> faults.killSessions();
            case RESET -> proxy.reset();
            case FINISH -> proxy.finish();
            case HALF_OPEN -> proxy.halfOpen();
            case INTERRUPT -> interruptOne(random);
            case FREEZE -> {
                faults.freeze();
                pass(random);
                faults.thaw();
            }
            case CRASH_BACKEND -> crashBackend(faults);
            case STOP -> {
                faults.stop(random.nextBoolean() ? StopMode.FAST : StopMode.IMMEDIATE);
                faults.start();
            }
            case CRASH -> {
                faults.crash();
                faults.start();
            }
        }
    }

    private static Ending audible(Random random) {
        return random.nextBoolean() ? Ending.RESET : Ending.FINISH;
    }

    private void interruptOne(Random random) {
        synchronized (workers) {
            if (!workers.isEmpty()) {
                workers.get(random.nextInt(workers.size())).interrupt();
            }
        }
    }

    /** MySQL has no process for a session, so there this is the crash of the whole. */
    private void crashBackend(Faults faults) {
        if (Servers.PRODUCT != DatabaseProduct.POSTGRESQL) {
            faults.crash();
        } else {
            try (Connection victim = bare()) {
                faults.crashBackend(sessionId(victim));
            } catch (SQLException e) {
                LOG.debug("nobody could connect to be killed", e);
            }
        }
        faults.start();
    }

    /** Lets time go by, so that faults do not come in step with the units. */
    private static void pass(Random random) {
        Weighted.pass(random, LONGEST_PEACE_MILLIS);
    }
}
