package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.scorecard.Units.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Threads that run units one after the other, with short pauses, while scenario F does something to the server. */
final class Writers implements AutoCloseable {

    static final int THREADS = 4;

    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(10);

    /**
     * What was run.
     *
     * @param runs of units, the first and all others
     * @param units in all
     * @param unfinished those that had not ended when their time was over
     * @param causes why units were not committed, and how many
     */
    record Tally(long units, long runs, long unfinished, Map<String, Long> causes) {}

    /** A moment, and the first commit after it. */
    static final class Mark {
        private final long since = System.nanoTime();
        private final CountDownLatch met = new CountDownLatch(1);
        private final AtomicLong first = new AtomicLong(Long.MAX_VALUE);

        private void committed(long now) {
            // A unit that ended before the moment may be noted after it.
            if (now - since > 0) {
                first.accumulateAndGet(now - since, Math::min);
                met.countDown();
            }
        }

        /** Milliseconds from the moment to the first commit; empty if there is none in that time. */
        OptionalDouble awaitCommit(Duration patience) throws InterruptedException {
            return met.await(patience.toNanos(), TimeUnit.NANOSECONDS)
                    ? OptionalDouble.of(first.get() / 1e6)
                    : OptionalDouble.empty();
        }

        double millisUntil(long moment) {
            return (moment - since) / 1e6;
        }
    }

    private final Units units;
    private final StormBooks books;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Writers::daemon);
    private final List<Future<Void>> crew = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder runs = new LongAdder();
    private final LongAdder unfinished = new LongAdder();
    private final Map<String, Long> causes = new ConcurrentHashMap<>();
    private volatile @Nullable Mark mark;

    private Writers(Units units, StormBooks books) {
        this.units = units;
        this.books = books;
    }

    /** Begins. */
    static Writers start(Units units, StormBooks books, long seed) {
        Writers writers = new Writers(units, books);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < THREADS; i++) {
            writers.crew.add(writers.threads.submit(writers.work(random.split())));
        }
        return writers;
    }

    /** From now on the first commit is looked for. */
    Mark mark() {
        Mark now = new Mark();
        mark = now;
        return now;
    }

    /** Begins no more units, and gives those under way some time. */
    Tally end(Duration patience) throws InterruptedException {
        over.countDown();
        threads.shutdown();
        if (!threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            threads.shutdownNow();
            if (!threads.awaitTermination(AFTER_INTERRUPT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException(
                        "a unit had not ended " + AFTER_INTERRUPT.toSeconds() + " s after it was interrupted");
            }
        }
        for (Future<Void> member : crew) {
            try {
                member.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a unit broke off: " + e.getCause(), e.getCause());
            }
        }
        return new Tally(numbers.get(), runs.sum(), unfinished.sum(), new TreeMap<>(causes));
    }

    @Override
    public void close() {
        over.countDown();
        threads.shutdownNow();
    }

    private Callable<Void> work(SplittableRandom random) {
        return () -> {
            do {
                if (!unit()) {
                    break;
                }
            } while (!over.await(Pace.THINKING.pauseMicros(random), TimeUnit.MICROSECONDS));
            return null;
        };
    }

    /** False if it was interrupted, which only {@link #end} does. */
    private boolean unit() {
        long number = numbers.incrementAndGet();
        try {
            Units.Ending ending = units.run(connection -> {
                runs.increment();
                books.write(connection, number);
            });
            Mark looking = mark;
            if (looking != null && ending.told() == Told.COMMITTED) {
                looking.committed(System.nanoTime());
            }
            books.note(number, ending.told());
            String why = ending.why();
            if (why != null) {
                causes.merge(why, 1L, Long::sum);
            }
            return true;
        } catch (InterruptedException e) {
            // Nobody was told anything, so it may be stored or not.
            books.note(number, Told.UNKNOWN);
            unfinished.increment();
            return false;
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "scorecard-writer");
        thread.setDaemon(true);
        return thread;
    }
}
