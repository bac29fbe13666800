package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** One pool's turn in the second half of scenario F. */
final class PromotionTurn {

    static final int BORROWS = 4 * OpenPool.USUAL_SIZE;

    private static final Duration CALM = Duration.ofMillis(300);
    private static final Duration A_MOMENT = Duration.ofSeconds(1);
    private static final Duration LAST_UNITS = Duration.ofSeconds(3);
    private static final long BETWEEN_LOOKS_MILLIS = 20;

    /**
     * How it went.
     *
     * @param count of the units
     * @param primaryMillis from the promotion's begin until a bare connection saw a primary
     * @param firstMillis from there to the first commit; infinite if there was none
     * @param oldConnections of the pool to the old primary, a moment after the first commit
     * @param leftOld whether it had left the old primary when its time was over
     * @param borrowsOfOld borrows afterwards that gave a connection to the old primary
     * @param borrowErrors those that gave none, or a dead one
     * @param causes why units were not committed, and how many
     */
    record Move(
            UnitCount count,
            double primaryMillis,
            double firstMillis,
            int oldConnections,
            boolean leftOld,
            int borrowsOfOld,
            int borrowErrors,
            Map<String, Long> causes) {}

    private record Borrowed(int old, int errors) {}

    private final Place place;
    private final Way.Runner runner;
    private final Duration patience;
    private final long seed;

    private PromotionTurn(Place place, Way.Runner runner, Duration patience, long seed) {
        this.place = place;
        this.runner = runner;
        this.patience = patience;
        this.seed = seed;
    }

    /** How long a pool has to leave its old primary is up to the caller. */
    static Move of(Place place, Way.Runner runner, Duration patience, long seed) throws Exception {
        try (Pair pair = Pair.of(place)) {
            return new PromotionTurn(place, runner, patience, seed).move(pair);
        } finally {
            Refill.killAll(place.server());
        }
    }

    private Move move(Pair pair) throws Exception {
        StormBooks books = StormBooks.on(pair.bare());
        try (OpenPool pool =
                runner.contender().open(pair.endpoint(place.endpoint()), PoolSetup.of(OpenPool.USUAL_SIZE))) {
            pool.filled(OpenPool.USUAL_SIZE);
            Units units = runner.units(pool.dataSource(), place.server().dataSource());
            try (Writers writers = Writers.start(units, books, seed)) {
                Thread.sleep(CALM.toMillis());
                pair.stepDown();
                Writers.Mark mark = writers.mark();
                long end = System.nanoTime() + patience.toNanos();
                double primaryMillis = promote(pair, mark);
                OptionalDouble first = mark.awaitCommit(left(end));
                // Of a pool that goes on with the old one there is no first commit, and all of its time has passed.
                Thread.sleep(first.isPresent() ? A_MOMENT.toMillis() : 0);
                int oldConnections = pair.primary().sessions();
                boolean leftOld = until(end, () -> pair.primary().sessions() == 0);
                Writers.Tally tally = writers.end(LAST_UNITS);
                Borrowed borrowed = borrow(pair, pool.dataSource());
                return new Move(
                        UnitCount.of(books.check(), tally),
                        primaryMillis,
                        first.orElse(Double.POSITIVE_INFINITY) - primaryMillis,
                        oldConnections,
                        leftOld,
                        borrowed.old(),
                        borrowed.errors(),
                        tally.causes());
            }
        }
    }

    /** Beside it the bare driver looks for the new primary; the server says that it is one some time after it is. */
    private static double promote(Pair pair, Writers.Mark mark) throws InterruptedException {
        try (FirstSuccess bare = FirstSuccess.of(1, pair::promotedBy)) {
            pair.replica().faults().promote();
            OptionalLong seen = bare.await(A_MOMENT);
            return mark.millisUntil(
                    seen.orElseThrow(() -> new IllegalStateException("the promoted replica is no primary")));
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Looks at least once. */
    private static boolean until(long end, BooleanSupplier fact) throws InterruptedException {
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
        return true;
    }

    /** All of the pool's connections at once, and that some times. */
    private static Borrowed borrow(Pair pair, DataSource pool) throws SQLException {
        int old = 0;
        int errors = 0;
        for (int i = 0; i < BORROWS; i += OpenPool.USUAL_SIZE) {
            List<Connection> held = new ArrayList<>();
            try {
                for (int n = 0; n < OpenPool.USUAL_SIZE; n++) {
                    try {
                        Connection connection = pool.getConnection();
                        held.add(connection);
                        old += pair.isOld(connection) ? 1 : 0;
                    } catch (SQLException e) {
                        errors++;
                    }
                }
            } finally {
                for (Connection connection : held) {
                    connection.close();
                }
            }
        }
        return new Borrowed(old, errors);
    }
}
