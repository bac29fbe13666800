package io.github.lifebelt.testing.internal.server;

/** Which sessions of ordinary users are meant. */
public enum SessionFilter {
    /** Whatever they do. */
    ALL,
    /** Those that wait for their client, outside of a transaction. */
    IDLE,
    /** Those that wait for their client within a transaction. */
    IN_TRANSACTION
}
