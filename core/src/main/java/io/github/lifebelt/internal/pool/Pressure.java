package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.tx.SideDoor;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when borrowers wait for each other: remembers from then on where connections are borrowed, and reports once for
 * each time that the pool is exhausted who holds them.
 *
 * <p>Where a connection was borrowed costs a stack, some microseconds, on the borrower's way. So it is not remembered while
 * all is well, unless leaks are looked for.
 */
final class Pressure {
    private static final Logger LOG = LoggerFactory.getLogger(Pressure.class);

    /** A wait that is longer is no hand-over from one to the other any more. */
    private static final Duration LONG_WAIT = Duration.ofMillis(250);
    /** Callers of a saturated pool wait this long, or have waited in vain within the last seconds. */
    private static final long SATURATED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long IN_VAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long CALM_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SERVER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String pool;
    private final Dialect dialect;
    private final PermitQueue queue;
    private final Holders holders;
    private final SideDoor door;
    private final Listeners listeners;
    private final BiConsumer<Duration, Runnable> after;
    private final boolean always;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile boolean remembering;
    private volatile long lastPressure;
    private volatile long lastExhausted = System.nanoTime() - IN_VAIN_NANOS;
    private volatile long episodeBegin;

    Pressure(
            PoolConfig config,
            Dialect dialect,
            PermitQueue queue,
            Holders holders,
            SideDoor door,
            Listeners listeners,
            BiConsumer<Duration, Runnable> after) {
        this.pool = config.name();
        this.dialect = dialect;
        this.queue = queue;
        this.holders = holders;
        this.door = door;
        this.listeners = listeners;
        this.after = after;
        always = !config.leakDetection().isZero() || !config.maxHold().isZero();
        remembering = always;
    }

    /** Where the current thread borrows, or null if that is not worth its price now. */
    @Nullable
    Throwable site() {
        return remembering ? new Throwable("borrowed here") : null;
    }

    /** A borrower begins to wait. */
    void waits() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            after.accept(LONG_WAIT, this::look);
        }
    }

    /** Goes on once a second until nobody has waited for long for some time. */
    private void look() {
        long now = System.nanoTime();
        boolean pressed = queue.oldestWaitNanos() >= LONG_WAIT.toNanos();
        if (pressed) {
            lastPressure = now;
            remembering = true;
        } else if (queue.pending() == 0 && queue.available() > 0 && reported.compareAndSet(true, false)) {
            LOG.info(
                    "{}: connections are free again, {} after the pool was exhausted",
                    pool,
                    Durations.measured(Duration.ofNanos(now - episodeBegin)));
        }
        if (pressed || reported.get() || (remembering && !always && now - lastPressure < CALM_NANOS)) {
            after.accept(LOOK, this::look);
            return;
        }
        remembering = always;
        looking.set(false);
        if (queue.pending() > 0) {
            waits();
        }
    }

    /** Whether callers have waited for so long, or in vain, that they notice. */
    boolean isSaturated() {
        return queue.oldestWaitNanos() >= SATURATED_NANOS || System.nanoTime() - lastExhausted < IN_VAIN_NANOS;
    }

    /** Who holds connections now. */
    Holders holders() {
        return holders;
    }

    /**
     * A borrower has waited in vain. The first one of an episode gives rise to the report in the log.
     *
     * @return who holds the connections, in short
     */
    String exhausted() {
        lastExhausted = System.nanoTime();
        List<Borrowing> out = holders.now();
        String brief = holders.brief(out);
        waits();
        if (reported.compareAndSet(false, true)) {
            episodeBegin = lastExhausted;
            // On a thread of its own: the server is asked, and the borrower has waited long enough.
            new PoolThread(() -> report(out), pool + ":exhaustion-report").start();
        }
        return brief;
    }

    private void report(List<Borrowing> out) {
        Map<Long, SessionActivity> server = Map.of();
        String silence = "";
        long deadline = System.nanoTime() + SERVER_NANOS;
        Physical own = null;
        try {
            own = door.open(deadline);
            server = SessionsView.of(dialect, own, Holders.sessions(out), deadline);
        } catch (SQLException e) {
            silence = " (the server could not be asked about them: " + BorrowErrors.reason(e) + ")";
        } finally {
            if (own != null) {
                own.closePolitely();
            }
        }
        // Those of this moment, unless it is over by now.
        List<Borrowing> still = holders.now();
        List<Holder> described = holders.describe(still.isEmpty() ? out : still, server);
        String text = queue.permitsOut() + " connections are out, and " + queue.pending() + " threads wait" + silence
                + ":" + Holders.full(described);
        LOG.warn("{}: [POOL_EXHAUSTED] {}", pool, text);
        listeners.tell(listener -> listener.exhausted(described));
    }
}
