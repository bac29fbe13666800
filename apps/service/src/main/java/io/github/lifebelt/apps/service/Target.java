package io.github.lifebelt.apps.service;

import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.url.DatabaseUrl;
import org.jspecify.annotations.Nullable;

/** The database server: one of the service's own, which may be broken, or one that the user named. */
interface Target extends AutoCloseable {

    /** Whose language it speaks. */
    Database database();

    /** The {@code DATABASE_URL}; it holds the password. */
    String url();

    /** What it is, in a few words without secrets. */
    String describe();

    /** What can be done to it, or null if nothing may. */
    @Nullable
    Faults faults();

    /** Stops the server if it was started for this. */
    @Override
    void close();

    /** A server that the user named. */
    static Target own(String text) {
        DatabaseUrl url = DatabaseUrl.parse(text);
        return new Own(text, Database.of(url), url.target());
    }

    /** Nothing is done to it. */
    record Own(String url, Database database, String describe) implements Target {
        @Override
        public @Nullable Faults faults() {
            return null;
        }

        @Override
        public void close() {
            // It is the user's.
        }

        @Override
        public String toString() {
            return describe;
        }
    }
}
