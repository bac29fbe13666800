package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.testing.ProtocolProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/** One pool's turn in scenario E. */
final class StormTurn {

    static final int THREADS = 8;

    // Begun again for 30 s, then another wait for a connection, then the look for a COMMIT: whoever is later hangs.
    private static final Duration LAST_UNITS = Duration.ofSeconds(100);

    /**
     * How it went.
     *
     * @param check of the tables
     * @param damage that was done meanwhile
     * @param commitsLost requests and answers of COMMITs that were lost on the wire
     * @param again runs of units after their first
     * @param micros how long each unit took, in order
     * @param seconds in all
     * @param causes why units were not committed, and how many
     */
    record Ordeal(
            StormBooks.Check check,
            Storm.Damage damage,
            int commitsLost,
            long again,
            long[] micros,
            double seconds,
            Map<String, Long> causes) {

        /** By nearest rank, in milliseconds. */
        double percentile(int percent) {
            return micros[Math.max(0, (int) Math.ceil(percent / 100.0 * micros.length) - 1)] / 1e3;
        }
    }

    private final Place place;
    private final Pace pace;
    private final Duration lasts;
    private final long seed;
    private final StormBooks books;
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder runs = new LongAdder();
    private final Map<String, Long> causes = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);

    private StormTurn(Place place, Pace pace, Duration lasts, long seed) throws Exception {
        this.place = place;
        this.pace = pace;
        this.lasts = lasts;
        this.seed = seed;
        this.books = StormBooks.on(place.server());
    }

    static Ordeal of(Place place, Pace pace, Way.Runner runner, Duration lasts, long seed) throws Exception {
        return new StormTurn(place, pace, lasts, seed).ordeal(runner);
    }

    private Ordeal ordeal(Way.Runner runner) throws Exception {
        Storm.Damage damage;
        long[] micros;
        double seconds;
        int commitsLost;
        try (ProtocolProxy wire = place.server().protocolProxy();
                OpenPool pool = runner.contender().open(place.endpoint(wire), PoolSetup.of(OpenPool.USUAL_SIZE))) {
            // The storm is to meet a pool at work, and not one whose code is new to the JVM.
            pool.filled(OpenPool.USUAL_SIZE);
            Units units = runner.units(pool.dataSource(), place.server().dataSource());
            long begin = System.nanoTime();
            List<Future<long[]>> crew = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS, StormTurn::daemon);
            try {
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < THREADS; i++) {
                    crew.add(threads.submit(work(units, random.split())));
                }
                damage = new Storm(place.server(), wire, lasts).rage(over);
                over.countDown();
                micros = micros(crew);
            } finally {
                over.countDown();
                threads.shutdownNow();
                place.server().faults().heal();
            }
            seconds = (System.nanoTime() - begin) / 1e9;
            commitsLost = wire.commitAnswersLost() + wire.commitRequestsLost();
        }
        // Nothing that is still under way is to change what is counted.
        Refill.killAll(place.server());
        return new Ordeal(
                books.check(),
                damage,
                commitsLost,
                Math.max(0, runs.sum() - numbers.get()),
                micros,
                seconds,
                new TreeMap<>(causes));
    }

    /** One thread's units, and how long each took. One that breaks off ends the turn. */
    private Callable<long[]> work(Units units, SplittableRandom random) {
        return () -> {
            LongStream.Builder micros = LongStream.builder();
            try {
                do {
                    long begin = System.nanoTime();
                    unit(units);
                    micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
                } while (!over.await(pace.pauseMicros(random), TimeUnit.MICROSECONDS));
            } finally {
                over.countDown();
            }
            return micros.build().toArray();
        };
    }

    private void unit(Units units) throws InterruptedException {
        long number = numbers.incrementAndGet();
        Units.Ending ending = units.run(connection -> {
            runs.increment();
            books.write(connection, number);
        });
        books.note(number, ending.told());
        String why = ending.why();
        if (why != null) {
            causes.merge(why, 1L, Long::sum);
        }
    }

    private static long[] micros(List<Future<long[]>> crew) throws InterruptedException {
        long until = System.nanoTime() + LAST_UNITS.toNanos();
        LongStream all = LongStream.empty();
        for (Future<long[]> member : crew) {
            try {
                all = LongStream.concat(
                        all, Arrays.stream(member.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a unit broke off: " + e.getCause(), e.getCause());
            } catch (TimeoutException e) {
                throw new IllegalStateException(
                        "a unit had not ended " + LAST_UNITS.toSeconds() + " s after the storm", e);
            }
        }
        return all.sorted().toArray();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "scorecard-storm");
        thread.setDaemon(true);
        return thread;
    }
}
