package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.credentials.CredentialsKeeper;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells of the credentials, and after a rotation replaces the connections that were made before it: one after the other,
 * at random within a window, the idle ones in the background and the others when they come back. Servers look at
 * credentials at a login only, so there is no haste, and a fleet that is told of a rotation at one moment is not to
 * connect at one.
 */
final class CredentialsEvents implements CredentialsKeeper.Events {
    private static final Duration WINDOW_WITHOUT_RECYCLE = Duration.ofMinutes(3);

    private final Listeners listeners;
    private final Gate gate;
    private final Supplier<Iterable<Slot>> slots;
    private final CredentialsKeeper.Timer timer;
    private final Runnable warm;
    private final Duration window;

    CredentialsEvents(
            PoolConfig config,
            Listeners listeners,
            Gate gate,
            Supplier<Iterable<Slot>> slots,
            CredentialsKeeper.Timer timer,
            Runnable warm) {
        this.listeners = listeners;
        this.gate = gate;
        this.slots = slots;
        this.timer = timer;
        this.warm = warm;
        this.window = config.recycleAfter().isZero()
                ? WINDOW_WITHOUT_RECYCLE
                : config.recycleAfter().dividedBy(10);
    }

    @Override
    public void refreshed(@Nullable Duration validFor) {
        listeners.tell(listener -> listener.credentialsRefreshed(validFor));
    }

    @Override
    public void refreshFailed(SQLException failure, @Nullable Duration stillValid) {
        listeners.tell(listener -> listener.credentialsRefreshFailed(failure, stillValid));
    }

    @Override
    public void rotated() {
        for (Slot slot : slots.get()) {
            Physical standing = slot.physical();
            if (standing != null) {
                long millis = ThreadLocalRandom.current().nextLong(window.toMillis());
                timer.after(Duration.ofMillis(millis), () -> replace(standing));
            }
        }
    }

    /** Not while nothing can be connected: it works, and may be all there is. */
    private void replace(Physical standing) {
        if (gate.isOpen()) {
            standing.retire(CloseReason.ROTATED, "the credentials have been rotated since it was made");
            warm.run();
        }
    }
}
