package io.github.lifebelt.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a slot's session is wanted to be. HikariCP and the borrower write it through the slot's setters; connecting
 * applies it. HikariCP brings it back to the pool's defaults at each return, so a replacement gets the right state with
 * no other mechanism.
 */
final class SessionState {

    /** Stands for the server's default, which nobody has asked for. Spares a round trip on each new connection. */
    static final int SERVER_DEFAULT = -2;

    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = SERVER_DEFAULT;
    private int serverIsolation = SERVER_DEFAULT;
    private @Nullable String catalog;
    private @Nullable String schema;
    private boolean leftSchema;
    private boolean leftCatalog;
    private @Nullable String defaultCatalog;
    private int networkTimeoutMillis;

    void applyTo(Connection jdbc) throws SQLException {
        if (readOnly) {
            jdbc.setReadOnly(true);
        }
        if (isolation != SERVER_DEFAULT) {
            jdbc.setTransactionIsolation(isolation);
        }
        if (catalog != null) {
            jdbc.setCatalog(catalog);
        }
        if (schema != null) {
            jdbc.setSchema(schema);
        }
        if (!autoCommit) {
            jdbc.setAutoCommit(false);
        }
        if (networkTimeoutMillis != 0) {
            jdbc.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
        }
    }

    SessionState copy() {
        SessionState copy = new SessionState();
        copy.autoCommit = autoCommit;
        copy.readOnly = readOnly;
        copy.isolation = isolation;
        copy.catalog = catalog;
        copy.schema = schema;
        copy.networkTimeoutMillis = networkTimeoutMillis;
        return copy;
    }

    /** Makes a session what is configured, after a look at what its borrower left otherwise than through JDBC. */
    void renew(Connection jdbc, SessionState configured, Physical.Io look, Physical.Io reset) throws SQLException {
        undo(jdbc, configured);
        look.run(jdbc);
        if (configured.readOnly) {
            // Drivers that think it is still so do not send it again.
            jdbc.setReadOnly(false);
        }
        reset.run(jdbc);
        configured.applyTo(jdbc);
    }

    /**
     * Takes back what was set through JDBC, through JDBC, because drivers remember it. Begins with autocommit, and leaves
     * it on: nothing of this may open a transaction.
     */
    private void undo(Connection jdbc, SessionState configured) throws SQLException {
        if (!autoCommit) {
            jdbc.setAutoCommit(true);
        }
        if (readOnly != configured.readOnly) {
            jdbc.setReadOnly(configured.readOnly);
        }
        if (isolation != configured.isolation) {
            jdbc.setTransactionIsolation(
                    configured.isolation == SERVER_DEFAULT ? serverIsolation : configured.isolation);
        }
        if (leftCatalog) {
            if (defaultCatalog == null || defaultCatalog.isEmpty()) {
                throw new SQLException("a borrower has entered a catalog, and there is none to go back to");
            }
            jdbc.setCatalog(defaultCatalog);
        } else if (!Objects.equals(catalog, configured.catalog)) {
            jdbc.setCatalog(configured.catalog);
        }
        if (leftSchema || !Objects.equals(schema, configured.schema)) {
            jdbc.setSchema(configured.schema);
        }
        if (networkTimeoutMillis != configured.networkTimeoutMillis) {
            jdbc.setNetworkTimeout(Runnable::run, configured.networkTimeoutMillis);
        }
    }

    boolean autoCommit() {
        return autoCommit;
    }

    void autoCommit(boolean on) {
        autoCommit = on;
    }

    boolean readOnly() {
        return readOnly;
    }

    void readOnly(boolean on) {
        readOnly = on;
    }

    int isolation() {
        return isolation;
    }

    void isolation(int level) {
        isolation = level;
    }

    /** The level that {@link #SERVER_DEFAULT} stands for, or that itself while nobody has had to know. */
    int serverIsolation() {
        return serverIsolation;
    }

    void serverIsolation(int level) {
        serverIsolation = level;
    }

    @Nullable
    String catalog() {
        return catalog;
    }

    void catalog(@Nullable String name) {
        catalog = name;
    }

    /** A borrower enters a schema although none was configured. */
    void leaveDefaultSchema() {
        leftSchema = true;
    }

    /** The same with a catalog, which cannot be left without knowing where to. */
    void leaveDefaultCatalog(@Nullable String from) {
        leftCatalog = true;
        defaultCatalog = from;
    }

    boolean leftDefaultSchema() {
        return leftSchema;
    }

    boolean leftDefaultCatalog() {
        return leftCatalog;
    }

    @Nullable
    String defaultCatalog() {
        return defaultCatalog;
    }

    void backToDefaults() {
        if (leftSchema) {
            schema = null;
        }
        if (leftCatalog) {
            catalog = null;
        }
        leftSchema = false;
        leftCatalog = false;
    }

    @Nullable
    String schema() {
        return schema;
    }

    void schema(@Nullable String name) {
        schema = name;
    }

    int networkTimeoutMillis() {
        return networkTimeoutMillis;
    }

    void networkTimeoutMillis(int millis) {
        networkTimeoutMillis = millis;
    }
}
