package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.postgres.PostgresServer;
import io.github.lifebelt.testing.internal.postgres.PostgresSettings;
import io.github.lifebelt.testing.internal.server.AdminSession;
import java.sql.SQLException;

/**
 * What can be done to a {@link TestDatabase}'s server: the faults of managed databases, on demand.
 *
 * <p>Thread-safe; what changes the server's state is done one after another. Every wait is bounded (a start by 60 s,
 * a stop by 30 s, the rest by 10 s) and not cut short by an interrupt, which is kept. What cannot be done throws
 * {@link IllegalStateException} that says what happened, with the end of the server's log; so does everything after the
 * database was closed, and everything that needs the server's answer while it is frozen.
 *
 * <p>Ending sessions needs a PostgreSQL driver on the class path at run time, because it is asked of the server; the
 * other faults need none.
 */
public final class Faults {
    private static final String SESSIONS = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))"
            + " FROM pg_stat_activity WHERE backend_type = 'client backend'"
            + " AND usename <> '" + PostgresSettings.ADMIN + "'";

    private final PostgresServer server;
    private final AdminSession admin;

    Faults(PostgresServer server, AdminSession admin) {
        this.server = server;
        this.admin = admin;
    }

    /**
     * Ends all sessions of ordinary users, whatever they do, as a failover or an administrator does. Their next use
     * fails with SQLState 57P01. The server is told to and not waited for: a session can live on for some milliseconds.
     *
     * @return how many sessions were told to end; 0 if the server is stopped
     */
    public int killSessions() {
        return ask(SESSIONS);
    }

    /**
     * Ends the sessions that wait for their client outside of a transaction, as an idle timeout does; those at work or
     * within a transaction go on. Otherwise as {@link #killSessions()}.
     *
     * @return how many sessions were told to end; 0 if the server is stopped
     */
    public int killIdleSessions() {
        return ask(SESSIONS + " AND state = 'idle'");
    }

    /**
     * Ends one session. Otherwise as {@link #killSessions()}.
     *
     * @param backendPid what {@code pg_backend_pid()} answers in that session
     * @return whether there was such a session of an ordinary user; false if the server is stopped
     */
    public boolean killSession(int backendPid) {
        return ask(SESSIONS + " AND pid = ?", backendPid) == 1;
    }

    /**
     * Kills the server process of one session with {@code kill -9}, as the kernel does when memory runs out. PostgreSQL
     * then ends all sessions and recovers by itself, refusing connections (SQLState 57P03) meanwhile; {@link #start()}
     * waits for the end of that. On return the server has noticed.
     *
     * @param backendPid what {@code pg_backend_pid()} answers in that session
     * @throws IllegalArgumentException if it is no process of this server
     */
    public void crashBackend(int backendPid) {
        server.killBackend(backendPid);
    }

    /**
     * Stops the server's processes in their tracks (SIGSTOP), as a hung machine: connections stay open, new ones are
     * still accepted by the kernel, and nothing is ever answered. On return all of them stand still. Does nothing to a
     * server that is frozen.
     */
    public void freeze() {
        server.freeze();
    }

    /** Lets a frozen server go on where it stood (SIGCONT). Does nothing if it is not frozen. */
    public void thaw() {
        server.thaw();
    }

    /**
     * Stops the server and waits until it is gone; connecting is then refused. A frozen server is thawed first. Does
     * nothing if it does not run. The data stays for {@link #start()}.
     *
     * @param mode how the sessions end
     */
    public void stop(StopMode mode) {
        server.stop(mode);
    }

    /**
     * Kills the server with all of its processes ({@code kill -9}), as a lost machine: clients see their connections
     * close without a word. On return all processes are gone. Does nothing if it does not run. What was committed stays
     * for {@link #start()}, which recovers.
     */
    public void crash() {
        server.crash();
    }

    /**
     * Starts a stopped or crashed server, on the same port, and waits until it takes connections. If it runs, only
     * waits.
     */
    public void start() {
        server.start();
    }

    /**
     * Whether the server's process is there. It is there while it is frozen or recovers.
     *
     * @return true from start to stop
     */
    public boolean isRunning() {
        return server.isRunning();
    }

    private int ask(String sql, int... parameters) {
        return server.askWhileRunning(port -> {
            try {
                return admin.query(port, sql, parameters);
            } catch (SQLException e) {
                throw new IllegalStateException(
                        "The server on port " + port + " did not end sessions: " + e.getMessage()
                                + ". The end of its log:\n" + server.logTail(),
                        e);
            }
        });
    }
}
