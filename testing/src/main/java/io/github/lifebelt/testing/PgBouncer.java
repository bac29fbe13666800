package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.gateway.PgBouncerPrograms;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * PgBouncer in front of a PostgreSQL server, in transaction mode, as Azure's on port 6432. It shows the server's
 * certificate, demands TLS if the server does, and knows the server's ordinary user with the password of now.
 *
 * <pre>{@code
 * try (PgBouncer bouncer = PgBouncer.inFrontOf(database)) {
 *     DataSource source = database.dataSource(bouncer);
 * }
 * }</pre>
 *
 * <p>PgBouncer has to be installed on the machine (package {@code pgbouncer}). Versions before 1.21 know no prepared
 * statements: give the driver {@code prepareThreshold=0}. Thread-safe.
 */
public final class PgBouncer implements Gateway, AutoCloseable {
    private final Server server;

    private PgBouncer(Server server) {
        this.server = server;
    }

    /**
     * Starts one with PgBouncer's own settings.
     *
     * @param database the server
     * @return it takes connections; close it
     * @throws IllegalStateException if PgBouncer is not installed or does not start
     */
    public static PgBouncer inFrontOf(TestDatabase database) {
        return inFrontOf(database, Map.of());
    }

    /**
     * Starts one.
     *
     * @param database the server
     * @param settings parameters of {@code pgbouncer.ini}, {@code query_wait_timeout} for one
     * @return it takes connections; close it
     * @throws IllegalArgumentException if the server is no PostgreSQL
     * @throws IllegalStateException if PgBouncer is not installed or does not start
     */
    public static PgBouncer inFrontOf(TestDatabase database, Map<String, String> settings) {
        if (database.product() != DatabaseProduct.POSTGRESQL) {
            throw new IllegalArgumentException("PgBouncer is for PostgreSQL, not for " + database);
        }
        try {
            PgBouncerPrograms programs = PgBouncerPrograms.inFrontOf(
                    database.spec(), database.password(), database.port(), Map.copyOf(settings));
            Server server = new Server(new EmbeddedEngine(programs, database.spec()));
            server.startOrClose();
            return new PgBouncer(server);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start PgBouncer: " + e.getMessage(), e);
        }
    }

    @Override
    public int port() {
        return server.port();
    }

    /** Stops it in its tracks: connections stay open and nothing passes. */
    public void freeze() {
        server.freeze();
    }

    /** Lets it go on. */
    public void thaw() {
        server.thaw();
    }

    /** Kills it, with all connections on both sides. */
    public void crash() {
        server.crash();
    }

    /** Starts it again on the same port. */
    public void start() {
        server.start();
    }

    /** Stops it and removes all it had. Idempotent. */
    @Override
    public void close() {
        server.close();
    }
}
