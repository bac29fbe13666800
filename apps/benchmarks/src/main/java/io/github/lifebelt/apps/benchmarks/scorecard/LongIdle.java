package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Scenario H: a load balancer forgets flows on which nothing has passed for a time, and tells nobody. All pools are idle
 * for longer than that, at the same time since idling costs nothing, and are then asked one after the other.
 */
final class LongIdle {

    /** Connections of each pool. */
    static final int SIZE = 6;

    /** Borrowers: more than there are connections. */
    static final int BORROWERS = SIZE + 2;

    /** What is allowed beyond the wait. */
    static final long SLACK_MILLIS = 250;

    // Long enough for a check that nobody answers, and then for a connection.
    private static final Duration WAIT = Duration.ofSeconds(3);
    // The shortest that JDBC has. It must end within the wait, as every pool's documentation wants it.
    private static final Duration CHECK = Duration.ofSeconds(1);
    // The shortest that all pools have.
    private static final Duration KEEPALIVE = Duration.ofSeconds(30);
    // A pool that looks around every 30 s for what has been idle for 30 s may come only after 60 s.
    private static final Duration CUT = Duration.ofSeconds(65);
    private static final Duration QUICK_CUT = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(95);
    private static final Duration QUICK_IDLE = Duration.ofSeconds(3);
    private static final Duration PING_AFTER_IDLE = Duration.ofSeconds(30);
    // To the cut as 30 s are to the four minutes of a cloud.
    private static final Duration QUICK_PING_AFTER_IDLE = QUICK_CUT.dividedBy(8);
    private static final long POLL_MILLIS = 5;

    /** A pool in one of its two configurations. */
    record Entrant(Contender pool, boolean keptAlive) {

        String mode() {
            return keptAlive ? "keepalive" : "default";
        }

        String label() {
            return pool.peer().label() + (keptAlive ? " + keep-alive" : "");
        }
    }

    /** A pool at rest, behind a network of its own. */
    private record Sleeper(Entrant entrant, FaultProxy proxy, OpenPool pool) {}

    /**
     * How long everything takes.
     *
     * @param cut after which the network has forgotten a flow
     * @param idle how long nobody borrows
     * @param patience how long borrowers wait, at most
     */
    record Times(Duration cut, Duration idle, Duration patience) {

        /** No borrow is to take longer. */
        long limitMillis() {
            return patience.toMillis() + SLACK_MILLIS;
        }
    }

    private final Card card;
    private final Times times;
    private final Duration pingAfterIdle;
    private final List<Entrant> entrants;

    private LongIdle(Card card) {
        this.card = card;
        Extent extent = card.extent();
        this.times = new Times(extent.of(CUT, QUICK_CUT), extent.of(IDLE, QUICK_IDLE), WAIT);
        this.pingAfterIdle = extent.of(PING_AFTER_IDLE, QUICK_PING_AFTER_IDLE);
        boolean twice = !extent.quick();
        this.entrants = Contender.of(card.peers()).stream()
                .flatMap(pool -> twice
                        ? Stream.of(new Entrant(pool, false), new Entrant(pool, true))
                        : Stream.of(new Entrant(pool, false)))
                .toList();
    }

    static void run(Card card) throws Exception {
        LongIdle scenario = new LongIdle(card);
        scenario.describe();
        LongIdleReport report = new LongIdleReport(card, scenario.times);
        for (Place place : card.places()) {
            card.report().progress("H, idle for " + scenario.times.idle.toSeconds() + " s, " + place.label());
            report.add(place, scenario.at(place));
        }
        report.show();
    }

    private void describe() {
        card.report()
                .say("H: wait " + times.patience.toSeconds() + " s, checks " + CHECK.toSeconds()
                        + " s; lifebelt's ping-after-idle "
                        + pingAfterIdle.toMillis() + " ms, the others ask before each borrow anyway or after "
                        + "less than a second. "
                        + (card.extent().quick()
                                ? "Quick: without keep-alives, since HikariCP and Druid have none below "
                                        + KEEPALIVE.toSeconds() + " s."
                                : "Keep-alive: every " + KEEPALIVE.toSeconds() + " s; vibur has none."));
    }

    private Map<Entrant, Rounds.Outcome<Awakening>> at(Place place) throws Exception {
        Map<Entrant, Rounds.Outcome<Awakening>> outcomes = new LinkedHashMap<>();
        entrants.forEach(entrant -> outcomes.put(entrant, new Rounds.Outcome<>()));
        Random random = new Random(card.seed());
        int rounds = card.extent().rounds(3, 1);
        for (int round = 0; round < rounds; round++) {
            List<Entrant> order = new ArrayList<>(entrants);
            Collections.shuffle(order, random);
            play(place, order, outcomes);
        }
        return outcomes;
    }

    private void play(Place place, List<Entrant> order, Map<Entrant, Rounds.Outcome<Awakening>> outcomes)
            throws InterruptedException {
        List<Sleeper> sleepers = new ArrayList<>();
        try {
            for (Entrant entrant : order) {
                try {
                    sleepers.add(lay(place, entrant));
                } catch (SQLException | RuntimeException e) {
                    broken(entrant, Objects.requireNonNull(outcomes.get(entrant)), e);
                }
            }
            Thread.sleep(times.idle.toMillis());
            for (Sleeper sleeper : sleepers) {
                Objects.requireNonNull(outcomes.get(sleeper.entrant)).samples().add(wake(sleeper));
            }
        } finally {
            for (Sleeper sleeper : sleepers) {
                sleeper.proxy.close();
                PoolCare.leave(sleeper.pool);
            }
        }
    }

    private void broken(Entrant entrant, Rounds.Outcome<Awakening> outcome, Exception why) {
        outcome.broken().add(String.valueOf(why.getMessage()));
        card.report().progress(entrant.label() + " was not measured: " + why);
    }

    private Sleeper lay(Place place, Entrant entrant) throws SQLException {
        FaultProxy proxy = place.server().proxy().forgetIdleAfter(times.cut);
        try {
            OpenPool pool = open(entrant, place.endpoint(proxy));
            Sleeper sleeper = new Sleeper(entrant, proxy, pool);
            try {
                PoolCare.fill(pool, SIZE);
                return sleeper;
            } catch (SQLException | RuntimeException e) {
                PoolCare.leave(pool);
                throw e;
            }
        } catch (SQLException | RuntimeException e) {
            proxy.close();
            throw e;
        }
    }

    private OpenPool open(Entrant entrant, Endpoint endpoint) throws SQLException {
        if (entrant.pool.peer() == Peer.LIFEBELT) {
            PoolBuilder builder = ConnectionPool.builder(endpoint.url())
                    .maxSize(SIZE)
                    .borrowTimeout(times.patience)
                    .pingAfterIdle(pingAfterIdle);
            ConnectionPool pool = (entrant.keptAlive ? builder.keepalive(KEEPALIVE) : builder).open();
            return new OpenPool(Peer.LIFEBELT, pool, pool);
        }
        PoolSetup setup = PoolSetup.of(SIZE, times.patience).check(CHECK);
        return entrant.pool.open(endpoint, entrant.keptAlive ? setup.keepalive(KEEPALIVE) : setup);
    }

    private Awakening wake(Sleeper sleeper) throws InterruptedException {
        int kept = sleeper.proxy.connections();
        Stalls stalls = new Stalls();
        AtomicInteger answered = new AtomicInteger();
        Crowd crowd = Crowd.start(sleeper.pool.dataSource(), BORROWERS, connection -> {
            Work.ask(connection);
            answered.incrementAndGet();
        });
        try (stalls) {
            awaitAll(crowd, answered);
            return awakening(crowd, answered.get(), kept, stalls);
        } finally {
            // Whoever hangs does so on a connection through it.
            sleeper.proxy.close();
            crowd.close();
        }
    }

    private void awaitAll(Crowd crowd, AtomicInteger answered) throws InterruptedException {
        long until = System.nanoTime()
                + times.patience.multipliedBy(Silence.FAR_TOO_LONG).toNanos();
        while (ended(crowd, answered.get()) < BORROWERS && System.nanoTime() < until) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static int ended(Crowd crowd, int answered) {
        return answered + crowd.count(Crowd.Fate.FAILED) + crowd.count(Crowd.Fate.DECEIVED);
    }

    private Awakening awakening(Crowd crowd, int answered, int kept, Stalls stalls) {
        double[] millis =
                Arrays.stream(crowd.nanos()).mapToDouble(nanos -> nanos / 1e6).toArray();
        int failed = crowd.count(Crowd.Fate.FAILED);
        int dead = crowd.count(Crowd.Fate.DECEIVED);
        int blocked = crowd.count(Crowd.Fate.BLOCKED);
        // What was lent, and has neither answered nor failed by now.
        int hanging = Math.max(0, BORROWERS - answered - failed - dead - blocked);
        return new Awakening(
                kept,
                failed,
                dead,
                (int) Arrays.stream(millis)
                        .filter(took -> took > times.limitMillis())
                        .count(),
                blocked,
                hanging,
                Arrays.stream(millis).max().orElse(0),
                Card.fourStalls(stalls).toNanos() / 1e6);
    }

    /**
     * What the borrowers of one pool met.
     *
     * @param kept connections that the pool had when they came, forgotten or not
     * @param failed borrows that threw
     * @param dead borrows that gave a connection whose query failed
     * @param late borrows that took more than they were to, those that have not ended included
     * @param blocked borrows that had not ended when it was over
     * @param hanging queries that had not
     * @param slowestMillis of all borrows
     * @param stallMillis what is to be allowed for what the machine kept threads waiting
     */
    record Awakening(
            int kept,
            int failed,
            int dead,
            int late,
            int blocked,
            int hanging,
            double slowestMillis,
            double stallMillis) {

        /** Told to the application. */
        int errors() {
            return failed + dead;
        }
    }
}
