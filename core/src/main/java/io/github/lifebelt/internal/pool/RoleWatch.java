package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier.Role;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Follows the writer. When a server refuses a write because it may only read, each connection has to show that its
 * server may write, and one that cannot is replaced. If a fresh connection finds a server that only reads as well, there
 * is none better to be had: the pool lends what there is, says that it is degraded, and looks for the writer in the
 * background. So a server that has become read-only for good costs one round of reconnects and not a storm of them.
 *
 * <p>A pool that is set to read only does not care, and neither does one on a standby in which nobody writes.
 */
final class RoleWatch {

    private enum Known {
        /** Nobody has been refused a write, or a writer was found since. */
        AS_WANTED,
        /** A write was refused, and no fresh connection has been made since. */
        IN_DOUBT,
        /** A write was refused, and fresh connections find a server that only reads. */
        READ_ONLY
    }

    /** What the pool does about it. */
    interface Events {
        /** The writer is nowhere to be found: fresh connections read only. */
        void writerLost(String reason);

        /** There is a writer again. */
        void writerFound();
    }

    private final boolean wantsWriter;
    private final Generation generation;
    private final Events events;
    private final AtomicReference<Known> known = new AtomicReference<>(Known.AS_WANTED);

    RoleWatch(Role role, Generation generation, Events events) {
        this.wantsWriter = role == Role.READ_WRITE;
        this.generation = generation;
        this.events = events;
    }

    /** Whether fresh connections are known to read only although writes were wanted. */
    boolean isReadOnly() {
        return known.get() == Known.READ_ONLY;
    }

    /** As in the beginning: whoever writes next finds out. */
    void forget() {
        known.set(Known.AS_WANTED);
    }

    /** A server has refused a write because of what it is. */
    void writeRefused(Physical physical, String reason) {
        if (!wantsWriter || isReadOnly()) {
            return;
        }
        known.compareAndSet(Known.AS_WANTED, Known.IN_DOUBT);
        generation.doubtRole(physical, reason);
    }

    /** A connection was just made to a server that says this. */
    void connectedTo(ServerFacts facts) {
        if (!wantsWriter) {
            return;
        }
        if (!facts.readOnly()) {
            writerSeen();
        } else if (known.compareAndSet(Known.IN_DOUBT, Known.READ_ONLY)) {
            events.writerLost("the server takes no writes, and neither does the one that a new connection leads to");
        }
    }

    /** Whether an older connection whose server says this may be lent. */
    boolean accepts(ServerFacts facts) {
        if (!wantsWriter || isReadOnly()) {
            return true;
        }
        if (!facts.readOnly()) {
            writerSeen();
        }
        return !facts.readOnly();
    }

    private void writerSeen() {
        if (known.get() != Known.AS_WANTED && known.getAndSet(Known.AS_WANTED) == Known.READ_ONLY) {
            // Those that were made meanwhile may lead to a server that still only reads.
            generation.doubtRoleOfAll("a server that takes writes was found again");
            events.writerFound();
        }
    }
}
