package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolConfig.PrePing;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Decides before each lend whether a connection lives. */
final class LivenessCheck {

    // A server that takes a second for an empty query is not one to wait for while there may be others.
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Dialect dialect;
    private final Generation generation;
    private final RoleWatch role;
    private final PrePing prePing;
    private final long pingAfterIdleNanos;
    private final LongAdder pings = new LongAdder();
    // What is seen at nearly every borrow is counted by the slot, without any atomic operation.
    private final LongAdder pendingLooks = new LongAdder();
    private final LongAdder deadLooks = new LongAdder();
    private final LongAdder busyLooks = new LongAdder();

    LivenessCheck(PoolConfig config, Dialect dialect, Generation generation, RoleWatch role) {
        this.dialect = dialect;
        this.generation = generation;
        this.role = role;
        this.prePing = config.prePing();
        this.pingAfterIdleNanos = config.pingAfterIdle().toNanos();
    }

    long pings() {
        return pings.sum();
    }

    /** Looks that saw something to read. */
    long pendingLooks() {
        return pendingLooks.sum();
    }

    /** Looks that saw the end of the connection. */
    long deadLooks() {
        return deadLooks.sum();
    }

    /** Looks while somebody was reading. */
    long busyLooks() {
        return busyLooks.sum();
    }

    /** The slot's connection if it may be lent; one that may not is dropped. Null if the slot is empty, now or before. */
    @Nullable
    Physical liveIn(Slot slot, long now, long deadlineNanos) {
        Physical physical = slot.physical();
        if (physical == null) {
            return null;
        }
        End wrong = whatIsWrong(slot, physical, now, deadlineNanos);
        if (wrong == null) {
            return physical;
        }
        slot.drop(physical, wrong);
        return null;
    }

    /**
     * The check before a lend. In the usual case one system call.
     *
     * @return null if the connection lives, else what is wrong with it
     */
    private @Nullable End whatIsWrong(Slot slot, Physical physical, long now, long deadlineNanos) {
        End over = physical.over();
        if (over != null) {
            return over;
        }
        if (prePing == PrePing.OFF) {
            return null;
        }
        boolean trusted = generation.trusts(physical);
        if (prePing == PrePing.SOCKET) {
            switch (physical.probe()) {
                case QUIET -> {
                    slot.tally().foundQuiet();
                    if (trusted && physical.idleNanos(now) < pingAfterIdleNanos) {
                        return null;
                    }
                }
                // A round trip would find out the same, for the price of an exception by the driver.
                case DEAD -> {
                    deadLooks.increment();
                    return suspect(physical, End.of(CloseReason.LOST, "the server has closed it"));
                }
                // Only a round trip can tell what the server wanted to say.
                case PENDING -> pendingLooks.increment();
                case BUSY -> busyLooks.increment();
            }
        }
        if (!trusted && generation.condemns(physical)) {
            return End.of(CloseReason.PING_FAILED, "another connection to the same server did not answer in time");
        }
        return failureOfRoundTrip(physical, Math.min(deadlineNanos, now + PING_NANOS));
    }

    /** The same for HikariCP's keepalive: always a round trip. */
    @Nullable
    End whatIsWrongNow(Physical physical) {
        if (generation.condemns(physical)) {
            return End.of(CloseReason.PING_FAILED, "another connection to the same server did not answer in time");
        }
        return failureOfRoundTrip(physical, System.nanoTime() + PING_NANOS);
    }

    private @Nullable End failureOfRoundTrip(Physical physical, long deadlineNanos) {
        return generation.doubtsRoleOf(physical)
                ? failureOfRole(physical, deadlineNanos)
                : failureOfPing(physical, deadlineNanos);
    }

    /** The server has to answer, and to be one that may be lent from now on. */
    private @Nullable End failureOfRole(Physical physical, long deadlineNanos) {
        long asOf = generation.current();
        End wrong = failure(physical, deadlineNanos, jdbc -> physical.facts(dialect.serverFacts(jdbc)));
        ServerFacts facts = physical.facts();
        if (wrong == null && facts != null && !role.accepts(facts)) {
            return End.of(CloseReason.ROLE, "its server takes no writes any more");
        }
        if (wrong == null) {
            generation.proven(physical, asOf);
        }
        return wrong;
    }

    /** A round trip that ends at the deadline. */
    @Nullable
    End failureOfPing(Physical physical, long deadlineNanos) {
        long asOf = generation.current();
        End wrong = failure(physical, deadlineNanos, dialect::ping);
        // Asked by a borrower in between, the answer says nothing about the server's role.
        if (wrong == null && !generation.doubtsRoleOf(physical)) {
            generation.proven(physical, asOf);
        }
        return wrong;
    }

    private @Nullable End failure(Physical physical, long deadlineNanos, Physical.Io question) {
        pings.increment();
        try {
            physical.within(deadlineNanos, question);
            return null;
        } catch (SQLException e) {
            if (physical.missedDeadline()) {
                String silence = "the server did not answer a ping";
                generation.condemn(physical, silence);
                return End.of(CloseReason.PING_FAILED, silence, e);
            }
            return suspect(physical, End.of(CloseReason.PING_FAILED, "the ping failed: " + e.getMessage(), e));
        }
    }

    private End suspect(Physical physical, End wrong) {
        generation.suspect(physical, wrong.words());
        return wrong;
    }
}
