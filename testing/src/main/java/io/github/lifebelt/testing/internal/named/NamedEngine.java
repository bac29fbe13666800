package io.github.lifebelt.testing.internal.named;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerEngine;
import java.io.IOException;
import java.sql.SQLException;

/** A server that is not the fixture's: nothing is done to it but making and dropping a database. */
public final class NamedEngine implements ServerEngine {
    private final Family family;
    private final AdminSession admin;
    private final Access access;
    private final String description;

    private volatile boolean open = true;
    private boolean made;

    /**
     * Does nothing yet.
     *
     * @param family what its SQL is like
     * @param admin the user's session outside of the database
     * @param access the database to be
     * @param description who names it
     */
    public NamedEngine(Family family, AdminSession admin, Access access, String description) {
        this.family = family;
        this.admin = admin;
        this.access = access;
        this.description = description;
    }

    /** What is told to whoever wants to do to a server what would hit others, or needs its process. */
    public static UnsupportedOperationException cannot(String what) {
        return new UnsupportedOperationException("A server that is named and not the fixture's own cannot be " + what
                + "; ask for EMBEDDED or TESTCONTAINERS");
    }

    /** Makes the database, which {@link #close} drops. */
    public void createDatabase() throws SQLException {
        family.createDatabase(admin, access.database());
        made = true;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String host() {
        return access.host();
    }

    @Override
    public int port() {
        return access.port();
    }

    @Override
    public void start() throws IOException {
        awaitAccepting();
    }

    @Override
    public void awaitAccepting() throws IOException {
        try {
            admin.live();
        } catch (SQLException e) {
            throw new IOException("it does not answer: " + e.getMessage(), e);
        }
    }

    @Override
    public void stop(StopMode mode) {
        throw cannot("stopped");
    }

    @Override
    public void crash() {
        throw cannot("crashed");
    }

    @Override
    public void freeze() {
        throw cannot("frozen");
    }

    /** It never is frozen by us; whoever thaws wants it to answer. */
    @Override
    public void thaw() throws IOException {
        awaitAccepting();
    }

    @Override
    public boolean isFrozen() {
        return false;
    }

    /** That is its owner's business; it was there when the database was made. */
    @Override
    public boolean isRunning() {
        return open;
    }

    @Override
    public void killProcess(long pid) {
        throw cannot("deprived of a process");
    }

    @Override
    public void install(ServerCertificate certificate) {
        throw cannot("given a certificate");
    }

    @Override
    public String logTail() {
        return "(its log is its owner's)";
    }

    @Override
    public void close() throws IOException {
        open = false;
        try {
            if (made) {
                family.forgetClean(admin, access);
                family.dropDatabase(admin, access.database());
            }
        } catch (SQLException e) {
            throw new IOException("cannot drop its database " + access.database() + ": " + e.getMessage(), e);
        } finally {
            admin.close();
        }
    }
}
