package io.github.lifebelt.internal.tx;

import io.github.lifebelt.internal.jdbc.Physical;
import java.sql.SQLException;

/**
 * A way to the pool's database past the pool: no permit, no queue, no gate. For what must go on when the pool is exhausted or
 * its gate is closed.
 */
@FunctionalInterface
public interface SideDoor {

    /**
     * Opens a connection, set up as the pool's own are. The caller ends it with {@link Physical#closePolitely()}.
     *
     * @param deadlineNanos on the clock of {@link System#nanoTime()}
     */
    Physical open(long deadlineNanos) throws SQLException;
}
