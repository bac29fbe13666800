package io.github.lifebelt.testing;

/** How {@link Faults#stop} takes a server down. */
public enum StopMode {
    /**
     * As an administrator's restart or a planned failover does: sessions are told to end (SQLState 57P01), open
     * transactions are rolled back, the data is written out. PostgreSQL's fast shutdown.
     */
    FAST,

    /**
     * As when the machine is taken away with a moment's notice: sessions are cut off, nothing is written out, the next
     * start recovers from the log. PostgreSQL's immediate shutdown.
     */
    IMMEDIATE
}
