package io.github.lifebelt.internal.jdbc;

import java.sql.SQLException;

/** What a slot asks of the pool. */
public interface SlotOwner {

    /**
     * Opens a physical connection. The slot applies its session state afterwards, under the same deadline.
     *
     * @param attempt where to leave the means to abort it from another thread
     */
    Physical connect(SlotConnect attempt, long deadlineNanos) throws SQLException;

    /** After the state was applied: what the user wants done with each new connection. */
    void setUp(Physical physical) throws SQLException;

    /** HikariCP's keepalive has come by: proves that the connection lives, or drops it. */
    void keepAlive(Slot slot, Physical physical);

    /** A slot has lost its connection; the reason is for people. */
    void lost(Physical physical, String reason);
}
