package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;

/** Where slots are known. */
public interface SlotRegistry {

    /** An empty slot was connected that had not been in use before. */
    void filled();

    /** Why HikariCP closes slots at this moment. */
    CloseReason reasonToClose();

    /** HikariCP has closed the slot: recycled, too many, or the pool is closing. */
    void closed(Slot slot, boolean hadBeenLent);
}
