package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.CheckSetting;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One setting before one fault: a pool of one connection behind a network of its own, and the borrower of it. */
final class MatrixTrial implements AutoCloseable {

    /** Long enough for a check that nobody answers, for what some pools then take to close it, and for a connection. */
    static final Duration WAIT = Duration.ofSeconds(3);

    /** The shortest that JDBC has. */
    static final Duration CHECK = Duration.ofSeconds(1);

    private static final Duration LATE = WAIT.plusMillis(250);
    private static final long HANGS_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private enum Stage {
        BORROWING,
        ASKING,
        ENDED
    }

    private final Place place;
    private final CheckSetting setting;
    private final FaultProxy proxy;
    private final OpenPool pool;
    private final Stalls stalls;
    private long before;
    private volatile Stage stage = Stage.BORROWING;
    // Of the stage it is in.
    private volatile long begin;
    private volatile boolean late;
    private volatile Sight outcome = Sight.NOT_MEASURED;
    private Sight settled = Sight.NOT_MEASURED;

    private MatrixTrial(Place place, CheckSetting setting, FaultProxy proxy, OpenPool pool, Stalls stalls) {
        this.place = place;
        this.setting = setting;
        this.proxy = proxy;
        this.pool = pool;
        this.stalls = stalls;
    }

    /** Opens the pool; what the machine makes of a borrow is measured by the stalls and allowed for. */
    static MatrixTrial open(Place place, CheckSetting setting, Stalls stalls) throws SQLException {
        FaultProxy proxy = place.server().proxy();
        try {
            return new MatrixTrial(place, setting, proxy, filled(setting.open(place.endpoint(proxy), setup())), stalls);
        } catch (SQLException | RuntimeException e) {
            proxy.close();
            throw e;
        }
    }

    private static OpenPool filled(OpenPool pool) throws SQLException {
        try {
            PoolCare.fill(pool, 1);
            return pool;
        } catch (SQLException | RuntimeException e) {
            PoolCare.leave(pool);
            throw e;
        }
    }

    /** What all settings have in common. */
    static PoolSetup setup() {
        return PoolSetup.of(1, WAIT).check(CHECK);
    }

    CheckSetting setting() {
        return setting;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** Uses the connection, so that it was used just before. */
    void touch(MatrixFault fault) throws SQLException {
        try (Connection connection = pool.dataSource().getConnection()) {
            fault.prepare(connection);
            before = SessionId.of(connection, place.servers().kind());
        }
    }

    /** Borrows and asks, on a thread of its own that may never end. */
    void begin(MatrixFault fault) {
        begin = System.nanoTime();
        Thread borrower = new Thread(() -> borrow(fault), "scorecard-borrower");
        borrower.setDaemon(true);
        borrower.start();
    }

    private void borrow(MatrixFault fault) {
        try (Connection connection = pool.dataSource().getConnection()) {
            late = isLate(System.nanoTime() - begin);
            begin = System.nanoTime();
            stage = Stage.ASKING;
            long now = SessionId.of(connection, place.servers().kind());
            // A server that was restarted counts from the beginning.
            boolean same = now == before && fault != MatrixFault.RESTARTED;
            end(same ? Sight.OK : Sight.REPLACED);
        } catch (SQLException | RuntimeException e) {
            if (stage == Stage.ASKING) {
                end(Sight.LENT_DEAD);
            } else if (stage == Stage.BORROWING) {
                end(isLate(System.nanoTime() - begin) ? Sight.LATE : Sight.FAILED);
            }
        }
    }

    private void end(Sight how) {
        outcome = how;
        stage = Stage.ENDED;
    }

    /** Looks whether there is a word for it yet, which then stays. */
    boolean isSettled() {
        if (settled == Sight.NOT_MEASURED) {
            settled = sightNow();
        }
        return settled != Sight.NOT_MEASURED;
    }

    /** As it was when it settled. */
    Sight sight() {
        return settled;
    }

    private Sight sightNow() {
        long took = System.nanoTime() - begin;
        Stage now = stage;
        if (late || (now == Stage.BORROWING && isLate(took))) {
            return Sight.LATE;
        }
        if (now == Stage.ASKING && took > HANGS_NANOS) {
            return Sight.HANGS;
        }
        return now == Stage.ENDED ? outcome : Sight.NOT_MEASURED;
    }

    private boolean isLate(long nanos) {
        return nanos > stalls.allowFor(LATE).toNanos();
    }

    /** Frees whoever hangs. */
    @Override
    public void close() {
        proxy.close();
        PoolCare.leave(pool);
    }
}
