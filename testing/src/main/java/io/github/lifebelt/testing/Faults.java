package io.github.lifebelt.testing;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.provider.Provision;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import java.util.function.Consumer;

/**
 * What can be done to a {@link TestDatabase}'s server: the faults of managed databases, on demand.
 *
 * <p>Thread-safe; what changes the server's state is done one after another. Every wait is bounded (a start by 60 s,
 * a stop by 30 s, the rest by 10 s or 20 s) and not cut short by an interrupt, which is kept. What cannot be done throws
 * {@link IllegalStateException} that says what happened, with the end of the server's log; so does everything after the
 * database was closed, and everything that needs the server's answer while it is frozen. What this kind of server or its
 * provider can never do throws {@link UnsupportedOperationException}.
 *
 * <p>What is asked of the server in SQL (sessions, read-only, password, certificate) needs its JDBC driver on the class
 * path at run time; the other faults need none.
 */
public final class Faults {
    private final Provision provision;
    private final Server server;
    private final Asking asking;
    private final Consumer<String> passwordListener;
    private boolean readOnly;
    private boolean passwordChanged;
    private boolean certificateChanged;

    Faults(Provision provision, Asking asking, Consumer<String> passwordListener) {
        this.provision = provision;
        this.server = provision.server();
        this.asking = asking;
        this.passwordListener = passwordListener;
    }

    /**
     * Ends all sessions of ordinary users, whatever they do, as a failover or an administrator does. PostgreSQL tells
     * them why (SQLState 57P01 at their next use), MySQL closes without a word (08S01). On return they answer nothing any
     * more; MySQL may still be undoing what they did. One that PostgreSQL does not get to end is waited for at most 5 s.
     *
     * @return how many sessions were told to end; 0 if the server is stopped
     */
    public int killSessions() {
        return kill(SessionFilter.ALL);
    }

    /**
     * Ends the sessions that wait for their client outside of a transaction, as an idle timeout does; those at work or
     * within a transaction go on. Otherwise as {@link #killSessions()}.
     *
     * @return how many sessions were told to end; 0 if the server is stopped
     */
    public int killIdleSessions() {
        return kill(SessionFilter.IDLE);
    }

    /**
     * Ends the sessions that wait for their client within a transaction, as a timeout for those does; those at work or
     * outside of a transaction go on. Otherwise as {@link #killSessions()}.
     *
     * <p>MariaDB knows of a transaction only once it has read or written something.
     *
     * @return how many sessions were told to end; 0 if the server is stopped
     */
    public int killSessionsInTransaction() {
        return kill(SessionFilter.IN_TRANSACTION);
    }

    /**
     * Ends one session. Otherwise as {@link #killSessions()}.
     *
     * @param id what {@code pg_backend_pid()} or {@code connection_id()} answers in that session
     * @return whether there was such a session of an ordinary user; false if the server is stopped
     */
    public boolean killSession(long id) {
        return asking.ask(
                "end a session", admin -> provision.family().killSession(admin, provision.scope(), id), false);
    }

    /**
     * Kills the server process of one session with {@code kill -9}, as the kernel does when memory runs out. PostgreSQL
     * then ends all sessions and recovers by itself, refusing connections (SQLState 57P03) meanwhile; {@link #start()}
     * waits for the end of that. On return all sessions have ended. MySQL has no process for a session.
     *
     * @param backendPid what {@code pg_backend_pid()} answers in that session
     * @throws IllegalArgumentException if it is no process of this server
     * @throws UnsupportedOperationException if the server has one process for all sessions, or it is not the fixture's
     */
    public void crashBackend(long backendPid) {
        server.killProcess(backendPid);
    }

    /**
     * Stops the server's processes in their tracks (SIGSTOP, or the pause of a container), as a hung machine: connections
     * stay open, new ones are still accepted by the kernel, and nothing is ever answered. On return all of them stand
     * still. Does nothing to a server that is frozen.
     *
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public void freeze() {
        server.freeze();
    }

    /** Lets a frozen server go on where it stood. Does nothing if it is not frozen. */
    public void thaw() {
        server.thaw();
    }

    /**
     * Stops the server and waits until it is gone; connecting is then refused. A frozen server is thawed first. Does
     * nothing if it does not run. The data stays for {@link #start()}.
     *
     * @param mode how the sessions end
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public void stop(StopMode mode) {
        provision.refuseIfShared("stopped");
        if (server.isRunning() && !server.isFrozen()) {
            asking.tell("prepare its end", admin -> provision.family().beforeStop(admin, mode));
        }
        server.stop(mode);
    }

    /**
     * Kills the server with all of its processes ({@code kill -9}), as a lost machine: clients see their connections
     * close without a word. On return all processes are gone. Does nothing if it does not run. What was committed stays
     * for {@link #start()}, which recovers.
     *
     * @throws UnsupportedOperationException if the server is not the fixture's
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
        refuseWritesAgain();
    }

    /**
     * Refuses writes of ordinary users from now on, as Azure does when storage is nearly full and as a former primary
     * does: PostgreSQL answers SQLState 25006 from each session's next transaction on, MySQL and MariaDB error 1290 at
     * once. Ended by {@link #makeWritable()}.
     *
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public synchronized void makeReadOnly() {
        provision.refuseIfShared("made read-only");
        asking.tell("refuse writes", admin -> provision.family().setReadOnly(admin, true));
        readOnly = true;
    }

    /**
     * Takes writes again.
     *
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public synchronized void makeWritable() {
        provision.refuseIfShared("made writable");
        asking.tell("take writes", admin -> provision.family().setReadOnly(admin, false));
        readOnly = false;
    }

    /**
     * Makes a replica a primary, as a failover does; on return it takes writes. Its former primary is not told: stop or
     * crash it before, or make it read-only. Not undone by {@link #heal()}.
     *
     * @throws IllegalStateException if this is a primary already
     * @throws UnsupportedOperationException if this kind of server has no replicas here
     */
    public void promote() {
        provision.refuseIfShared("promoted");
        asking.tell("become a primary", admin -> provision.family().promote(admin));
    }

    /**
     * Gives the ordinary user another password: sessions that are there go on, new ones with the old password are
     * refused. {@link TestDatabase#password()} and what is made from it afterwards have the new one.
     *
     * @param password the new one
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public synchronized void rotatePassword(String password) {
        provision.refuseIfShared("given another password");
        setPassword(password);
        passwordChanged = true;
    }

    /**
     * Shows another certificate to connections that come from now on, as a server whose certificate was renewed, or was
     * not in time.
     *
     * @param certificate one of {@link TestCertificates}
     * @throws IllegalStateException if the server has no TLS
     * @throws UnsupportedOperationException if the server is not the fixture's
     */
    public synchronized void showCertificate(ServerCertificate certificate) {
        provision.refuseIfShared("given another certificate");
        if (provision.spec().certificate() == null) {
            throw new IllegalStateException("The server on port " + server.port() + " has no TLS, so no certificate");
        }
        server.install(certificate);
        asking.tell(
                "read its certificate again",
                admin -> provision.family().reloadCertificate(admin, certificate, server.port()));
        certificateChanged = true;
    }

    /**
     * Undoes all that was done: the server runs and answers, takes writes, and has its first password and certificate
     * again. Sessions that were ended stay so.
     */
    public synchronized void heal() {
        server.thaw();
        server.start();
        if (readOnly) {
            makeWritable();
        }
        if (passwordChanged) {
            setPassword(provision.spec().password());
            passwordChanged = false;
        }
        ServerCertificate first = provision.spec().certificate();
        if (certificateChanged && first != null) {
            showCertificate(first);
            certificateChanged = false;
        }
    }

    /**
     * Whether the server's process is there. It is there while it is frozen or recovers.
     *
     * @return true from start to stop
     */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** PostgreSQL remembers it over a restart, MySQL does not. */
    private synchronized void refuseWritesAgain() {
        if (readOnly) {
            makeReadOnly();
        }
    }

    private int kill(SessionFilter filter) {
        return asking.ask(
                "end sessions", admin -> provision.family().killSessions(admin, provision.scope(), filter), 0);
    }

    private void setPassword(String password) {
        asking.tell(
                "change a password",
                admin ->
                        provision.family().setPassword(admin, provision.access().user(), password));
        passwordListener.accept(password);
    }
}
