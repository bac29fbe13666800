package io.github.lifebelt.apps.demo;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One run: the pool, the transfers and the storm together, and the audit when they are through. */
final class Demo {
    // A unit is begun again for up to 30 s, may then wait as long for a connection, and as long again for the outcome
    // of
    // its COMMIT; later than this it hangs.
    private static final Duration LAST_UNITS = Duration.ofSeconds(100);
    // A server's fail-over takes a minute or two. A web request would not wait for it; whoever observes one wants to
    // see
    // what became of each unit in the end.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * What is to be run.
     *
     * @param lasts from the first unit's begin until no unit is begun any more
     * @param seed of what is transferred and of the pauses
     * @param threads that transfer
     * @param observed whether somebody else makes the faults
     */
    record Plan(Duration lasts, long seed, int threads, boolean observed) {}

    /**
     * What came of it.
     *
     * @param result the figures
     * @param audit where lost and duplicated ones come from
     * @param causes why units did not commit, and how many
     * @param observed what was seen of faults that somebody else has made, line by line; none if nobody was to
     */
    record Ending(Result result, Audit audit, Map<String, Long> causes, List<String> observed) {}

    private final Target target;
    private final Plan plan;
    private final Progress progress;
    private final Ledger ledger;
    private final Claims claims;
    private final Tally tally = new Tally();
    private final Events events = new Events();
    private final Watch watch;
    private final CountDownLatch over = new CountDownLatch(1);

    Demo(Target target, Plan plan, Progress progress) {
        this.target = target;
        this.plan = plan;
        this.progress = progress;
        this.ledger = new Ledger(target.database(), target.tablePrefix());
        this.claims = new Claims(plan.threads());
        this.watch = new Watch(plan.observed() ? progress::note : line -> {}, InstantSource.system());
    }

    /** Ends a run early, from another thread. */
    void stop() {
        over.countDown();
    }

    /** Runs it; afterwards the tables are gone. */
    Ending run() throws SQLException, InterruptedException {
        try (Tables tables = new Tables()) {
            Figures figures = rage(tables);
            Audit audit = tables.audit();
            Result result = new Result(
                    tally.units(),
                    tally.committed(),
                    tally.failed(),
                    tally.unknown(),
                    audit.lost(),
                    audit.duplicated(),
                    figures.kills(),
                    figures.restarts(),
                    figures.replaced(),
                    events.retried(),
                    events.resolvedCommits(),
                    tally.latencies().percentile(50),
                    tally.latencies().percentile(99),
                    figures.millis() / 1000.0);
            return new Ending(result, audit, tally.causes(), plan.observed() ? watch.report() : List.of());
        }
    }

    private Figures rage(Tables tables) throws SQLException, InterruptedException {
        Storm storm = new Storm(target, plan.lasts(), over);
        ExecutorService crew = Executors.newFixedThreadPool(plan.threads() + 1, new Crew());
        // As an application does it: a DATABASE_URL, and the defaults.
        try (ConnectionPool pool = target.configure(ConnectionPool.builder(target.url()))
                .name("demo")
                .listener(events)
                .listener(watch)
                .open()) {
            UnitOfWork unit = unit(pool);
            tables.create(unit.tokenTableStatement());
            Transfers transfers = new Transfers(unit, ledger, claims, tally, over);
            List<Future<?>> tasks = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(plan.seed());
            long start = System.nanoTime();
            for (int i = 0; i < plan.threads(); i++) {
                int thread = i;
                SplittableRandom own = random.split();
                tasks.add(submit(crew, () -> transfers.work(thread, own)));
            }
            if (!plan.observed()) {
                tasks.add(submit(crew, storm::rage));
            }
            follow(start, pool, storm);
            long deadline = System.nanoTime() + lastUnits().toNanos();
            for (Future<?> task : tasks) {
                await(task, deadline);
            }
            watch.end();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            return new Figures(storm.kills(), storm.restarts(), pool.stats().replaced(), millis);
        } finally {
            over.countDown();
            crew.shutdownNow();
        }
    }

    private UnitOfWork unit(ConnectionPool pool) {
        RetryPolicy again = RetryPolicy.conflictsAndLostConnections();
        UnitOfWork unit = UnitOfWork.on(pool).named("transfer").commitOutcome(CommitOutcome.TOKEN);
        return plan.observed()
                ? unit.retry(again.maxAttempts(1_000)).timeout(PATIENCE).resolveTimeout(PATIENCE)
                : unit.retry(again);
    }

    /** A unit, and then what became of its COMMIT. */
    private Duration lastUnits() {
        return plan.observed() ? PATIENCE.multipliedBy(2).plus(LAST_UNITS) : LAST_UNITS;
    }

    /** Shows how it goes until time is up or somebody ends the run. */
    private void follow(long start, ConnectionPool pool, Storm storm) throws InterruptedException {
        long end = start + plan.lasts().toNanos();
        boolean ended = false;
        for (long left = end - System.nanoTime(); left > 0 && !ended; left = end - System.nanoTime()) {
            ended = over.await(Math.min(left, Progress.PERIOD.toNanos()), TimeUnit.NANOSECONDS);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            PoolStats stats = pool.stats();
            String course = plan.observed()
                    ? stats.state() + ", " + watch.sinceLastCommit() + ","
                    : "kills " + storm.kills() + " restarts " + storm.restarts();
            progress.show(elapsed, tally, course, stats.replaced());
        }
        over.countDown();
        progress.end();
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    /** A task that breaks off ends the run: what it would show from there on would mean little. */
    private Future<?> submit(ExecutorService crew, Task task) {
        return crew.submit(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                over.countDown();
                throw e;
            }
            return null;
        });
    }

    private void await(Future<?> task, long deadline) throws InterruptedException {
        try {
            task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the run broke off: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "a thread still had not ended " + lastUnits().toSeconds() + " s after it was to", e);
        }
    }

    /** Names the threads as the pool's log shows them. */
    private static final class Crew implements ThreadFactory {
        private final AtomicInteger made = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            return new Thread(task, "demo-crew-" + made.incrementAndGet());
        }
    }

    private record Figures(long kills, long restarts, long replaced, long millis) {}

    /** What is done to the tables goes past the pool: nothing of what is to be shown should vouch for itself. */
    private final class Tables implements AutoCloseable {
        private final TokenTable tokens = new TokenTable(target.database());

        void create(String tokenTable) throws SQLException {
            try (Connection connection = target.connect()) {
                ledger.create(connection);
                tokens.create(connection, tokenTable);
            }
        }

        Audit audit() throws SQLException {
            try (Connection connection = target.connect()) {
                return Audit.of(connection, ledger, claims);
            }
        }

        @Override
        public void close() throws SQLException {
            try (Connection connection = target.connect()) {
                ledger.drop(connection);
                tokens.drop(connection);
            }
        }
    }
}
