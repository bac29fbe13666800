package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The begin and the end of the transaction on a unit's lease: what the unit may do and its work may not. Used by the unit's
 * thread.
 */
public final class LeasedTransaction {

    /** Something to be asked on the driver's connection. */
    @FunctionalInterface
    public interface Question<T> {
        @Nullable
        T ask(Connection jdbc) throws SQLException;
    }

    private static final long CLEAN_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ScopedLease lease;
    private final Dialect dialect;
    private final boolean joins;
    private int statementSeconds;
    private @Nullable Savepoint joined;

    /** Joins a transaction that is open on the connection, or is one of its own. */
    LeasedTransaction(ScopedLease lease, Dialect dialect, boolean joins) {
        this.lease = lease;
        this.dialect = dialect;
        this.joins = joins;
    }

    /** The limit that the driver is to hold each statement to, or 0. */
    int statementSeconds() {
        return statementSeconds;
    }

    /** The server's name for the session, or 0. */
    public long sessionId() {
        Physical physical = lease.slot().physical();
        return physical == null ? 0 : dialect.sessionId(physical.jdbc());
    }

    /** Begins it. Returns a mark if one was asked for. */
    public @Nullable Mark begin(TransactionStart start) throws SQLException {
        return ask(jdbc -> {
            if (facts().readOnly() && !start.readOnly()) {
                // A session on a standby outlives its promotion; what was known of the server does not.
                physical().facts(dialect.serverFacts(jdbc));
            }
            lease.readOnly(start.readOnly() || lease.slot().readOnly());
            lease.proxied().setAutoCommit(false);
            Duration limit = start.statementTimeout();
            if (limit != null && dialect.driverWatchesStatements()) {
                // Whole seconds are what JDBC has, and 0 is none.
                statementSeconds =
                        (int) Math.min(Integer.MAX_VALUE, limit.plusMillis(999).toSeconds());
            }
            return dialect.begin(jdbc, start, facts());
        });
    }

    /** Begins as a part of the transaction that is open: what follows can be undone to here. */
    public void join() throws SQLException {
        if (lease.slot().autoCommit()) {
            // Each statement would be stored by itself, whatever becomes of the unit.
            throw new IllegalStateException(
                    "[UNIT_CANNOT_JOIN] " + lease + " cannot join a connection in autocommit, on"
                            + " which no transaction is open; begin one there first, or leave the unit its own");
        }
        lease.readOnly(lease.slot().readOnly());
        joined = lease.setSavepoint();
    }

    /** Leaves what was done since {@link #join} to the transaction that it is a part of. */
    public void leave() throws SQLException {
        lease.releaseSavepoint(Objects.requireNonNull(joined, "joined"));
    }

    /** Asks something on the driver's connection. */
    public <T> @Nullable T ask(Question<T> question) throws SQLException {
        try {
            return question.ask(physical().jdbc());
        } catch (SQLException e) {
            throw lease.failed(e, Phase.WORK);
        }
    }

    /** Whether nothing was sent that would have begun it, or nothing that would have written. */
    public boolean isIdle() {
        return lease.isIdle();
    }

    /** Asks the server what it calls the transaction; null if there is nothing to lose. */
    public @Nullable Mark mark(CommitResolver resolver) throws SQLException {
        return ask(jdbc -> resolver.mark(jdbc, facts()));
    }

    /** A mark for a token: with the session that is to be ended if it keeps the outcome open. */
    public Mark mark(UUID token, String table) {
        return new Mark(null, token, table, facts().bouncer() ? 0 : sessionId(), facts().incarnation());
    }

    /** Sends COMMIT, after the token if there is one. */
    public void commit(CommitResolver resolver, @Nullable Mark mark) throws SQLException {
        try {
            if (mark != null && mark.token() != null) {
                resolver.writeToken(physical().jdbc(), mark);
            }
            // Where the token has taken COMMIT along this sends nothing, and tells HikariCP that nothing is open.
            lease.proxied().commit();
        } catch (SQLException e) {
            throw lease.failed(e, Phase.COMMIT);
        }
    }

    /** Whether the server has answered a COMMIT that failed, so that nothing of it is stored. */
    public boolean isCommitRefused(CommitResolver resolver, SQLException failure) {
        Physical physical = lease.slot().physical();
        return physical != null && !lease.isLost() && resolver.isRefused(physical.jdbc(), failure);
    }

    /** Rolls back, soon or not at all: then the connection is given up, and the server does it. */
    public void rollBack() throws SQLException {
        Savepoint part = joined;
        if (!joins) {
            cleanUp(jdbc -> lease.proxied().rollback());
        } else if (part != null) {
            cleanUp(jdbc -> lease.rollback(part));
        }
    }

    /** Puts right what {@link #begin} has set for longer than the transaction. */
    public void endOf(TransactionStart start) throws SQLException {
        cleanUp(jdbc -> dialect.endOf(jdbc, start));
    }

    private void cleanUp(Physical.Io io) throws SQLException {
        Physical physical = lease.slot().physical();
        if (physical == null || lease.isLost()) {
            return;
        }
        try {
            physical.within(System.nanoTime() + CLEAN_UP_NANOS, io);
        } catch (SQLException e) {
            physical.markBroken(e);
            throw e;
        }
    }

    private Physical physical() throws SQLException {
        Physical physical = lease.slot().physical();
        if (physical == null) {
            throw new SQLException("the connection of the unit was lost", "08003");
        }
        return physical;
    }

    private ServerFacts facts() {
        Physical physical = lease.slot().physical();
        return Objects.requireNonNull(
                physical == null ? null : physical.facts(), "a connection is asked what it is when it is made");
    }
}
