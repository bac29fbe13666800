package io.github.lifebelt.apps.demo;

import io.github.lifebelt.PoolBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A database server, and what can be done to it from outside of the pool. */
interface Target extends AutoCloseable {
    /** Whose language it speaks. */
    Database database();

    /** The {@code DATABASE_URL}; it holds the password. */
    String url();

    /** What it is, in a few words without secrets. */
    String describe();

    /** What the demo's tables begin with. */
    String tablePrefix();

    /** What the pool needs besides the URL. */
    default PoolBuilder configure(PoolBuilder builder) {
        return builder;
    }

    /** A connection of the driver itself, with nothing of Lifebelt in it. */
    Connection connect() throws SQLException;

    /** Ends the pool's sessions on the server; returns how many there were. */
    int killSessions();

    /** What kept sessions from being ended, in a sentence, or null if nothing did. */
    default @Nullable String complaint() {
        return null;
    }

    boolean canRestart();

    /** Stops the server and starts it; returns when it takes connections again. */
    void restart();

    /** Releases what is held, and stops the server if it was started for this. */
    @Override
    void close();
}
