package io.github.lifebelt.internal.tx;

import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a transaction until it is known what became of it, or until the time is up: connects, looks, waits, and again.
 *
 * <p>On the thread whose commit is in doubt. An interrupt does not end it, because what it would leave is the one thing
 * nobody can repair; the flag is put aside meanwhile, since on a virtual thread it would close the resolver's own socket.
 */
final class Resolution {
    private static final Logger LOG = LoggerFactory.getLogger(Resolution.class);

    // A COMMIT that is under way gets this long before its session is ended: more than a slow one takes, less than
    // callers
    // wait for.
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SideDoor door;
    private final CommitResolver resolver;
    private final Tokens tokens;
    private final Mark mark;
    private final long begin = System.nanoTime();
    private final long deadline;
    private boolean interrupted;
    private long pause = FIRST_PAUSE_NANOS;

    Resolution(SideDoor door, CommitResolver resolver, Tokens tokens, Mark mark, long limitNanos) {
        this.door = door;
        this.resolver = resolver;
        this.tokens = tokens;
        this.mark = mark;
        this.deadline = begin + limitNanos;
    }

    /** {@link Finding#COMMITTED}, {@link Finding#ROLLED_BACK} or {@link Finding#UNKNOWN}. */
    Finding find() {
        interrupted = Thread.interrupted();
        try {
            while (System.nanoTime() < deadline) {
                Finding found = onOneConnection();
                if (found != null) {
                    return found;
                }
                pause();
            }
            return Finding.UNKNOWN;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Null if it has to be tried on another one. */
    private @Nullable Finding onOneConnection() {
        Physical own = null;
        try {
            own = door.open(deadline);
            return watch(own, Objects.requireNonNull(own.facts(), "facts"));
        } catch (SQLException e) {
            LOG.debug("the outcome of a commit could not be looked up yet", e);
            return null;
        } finally {
            if (own != null) {
                own.closePolitely();
            }
        }
    }

    private @Nullable Finding watch(Physical own, ServerFacts facts) throws SQLException {
        while (System.nanoTime() < deadline) {
            Finding found = look(own, facts);
            switch (found) {
                case COMMITTED, ROLLED_BACK, UNKNOWN -> {
                    return found;
                }
                case ELSEWHERE -> {
                    return null;
                }
                case OPEN -> pause();
            }
        }
        return Finding.UNKNOWN;
    }

    private Finding look(Physical own, ServerFacts facts) throws SQLException {
        long now = System.nanoTime();
        boolean end = now - begin > GRACE_NANOS;
        Finding[] found = {Finding.OPEN};
        own.within(
                Math.min(deadline, now + LOOK_NANOS),
                jdbc -> found[0] = resolver.look(jdbc, facts, complete(jdbc), end));
        return found[0];
    }

    /** A marker that was stored does not say where its token is. */
    private Mark complete(Connection jdbc) throws SQLException {
        return mark.token() == null || mark.tokenTable() != null
                ? mark
                : new Mark(null, mark.token(), tokens.table(jdbc), mark.session(), mark.incarnation());
    }

    private void pause() {
        long until = Math.min(deadline, System.nanoTime() + pause);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
        }
        pause = Math.min(LONGEST_PAUSE_NANOS, pause * 3 / 2);
    }
}
