package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.LeasedTransaction;
import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.trace.UnitTrace;
import io.github.lifebelt.internal.tx.UnitSupport;
import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one transaction from the end of its work to a known outcome: marked, COMMIT sent, answered or not, and if not,
 * looked for.
 *
 * <p>Once COMMIT was sent the SQLState of a failure decides nothing: committed transactions were seen to end in 57P01, 08006
 * and 08P01, and so were others that were rolled back. The one sound sign is a server that has answered.
 */
final class CommitProtocol {
    private static final Logger LOG = LoggerFactory.getLogger(CommitProtocol.class);

    /** How a commit has ended. */
    sealed interface Ending permits Committed, RolledBack, InDoubt {}

    /** Everything is stored. */
    record Committed() implements Ending {}

    /** Nothing is stored, and the server has said so on this connection. */
    record RolledBack(SQLException failure) implements Ending {}

    /** The answer did not come. The connection is not to be used any more; {@link #resolve} tells. */
    record InDoubt(SQLException failure, @Nullable Mark mark, Instant since) implements Ending {}

    private final PoolEngine engine;
    private final UnitSupport units;
    private final CommitResolver resolver;
    private final UnitSettings settings;
    private final LeasedTransaction transaction;
    private final UnitTrace trace;

    CommitProtocol(PoolEngine engine, UnitSettings settings, ScopedLease lease, UnitTrace trace) {
        this.engine = engine;
        this.units = engine.units();
        this.resolver = units.resolver();
        this.settings = settings;
        this.transaction = lease.transaction();
        this.trace = trace;
    }

    /**
     * Marks the transaction and sends COMMIT.
     *
     * @param named the transaction id, if it was asked for when the transaction began
     * @throws SQLException if it could not be marked: COMMIT was not sent
     */
    Ending commit(@Nullable Mark named) throws SQLException {
        Mark mark = named == null ? mark() : named;
        // From here on whatever goes wrong leaves the outcome open.
        try {
            transaction.commit(resolver, mark);
            return new Committed();
        } catch (SQLException e) {
            return failed(e, mark);
        } catch (RuntimeException | Error e) {
            LOG.error("unit '{}': the driver broke off in the middle of COMMIT", settings.name(), e);
            return new InDoubt(new SQLException("the driver broke off: " + e, e), mark, Instant.now());
        }
    }

    private @Nullable Mark mark() throws SQLException {
        CommitOutcome outcome = settings.doubt().outcome();
        if (settings.readOnly() || outcome == CommitOutcome.OFF) {
            return null;
        }
        if (transaction.isIdle()) {
            return null;
        }
        if (outcome == CommitOutcome.TRANSACTION_ID) {
            return transaction.mark(resolver);
        }
        String table = transaction.ask(units::tokenTable);
        return transaction.mark(units.nextToken(), Objects.requireNonNull(table, "table"));
    }

    private Ending failed(SQLException failure, @Nullable Mark mark) {
        if (transaction.isCommitRefused(resolver, failure)) {
            try {
                transaction.rollBack();
                return new RolledBack(failure);
            } catch (SQLException | RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        return new InDoubt(failure, mark, Instant.now());
    }

    /** Whether there is nothing that a lost COMMIT could have taken along. */
    private boolean wroteNothing(@Nullable Mark mark) {
        return settings.readOnly() || (settings.doubt().outcome() != CommitOutcome.OFF && mark == null);
    }

    /** What a serialisable transaction has read is good only if it commits. */
    private boolean readsNeedCommit() {
        Integer session = engine.config().isolation();
        return settings.isolation() == null
                ? session != null && session == Connection.TRANSACTION_SERIALIZABLE
                : settings.isolation() == Isolation.SERIALIZABLE;
    }

    /**
     * Finds out what became of the COMMIT. The connection has been given back before: it may be needed by whoever is to find
     * it out, and may take a long time.
     *
     * @throws TransactionRolledBackException if it had no effect
     * @throws CommitOutcomeUnknownException if that could not be found out
     */
    void resolve(InDoubt doubt) {
        Mark mark = doubt.mark();
        if (wroteNothing(mark)) {
            if (readsNeedCommit()) {
                throw lost("lost its connection during COMMIT, which was to confirm what it had read", doubt.failure());
            }
            LOG.debug(
                    "unit '{}' wrote nothing and lost its connection during COMMIT", settings.name(), doubt.failure());
            return;
        }
        if (mark == null) {
            throw unknown(null, doubt.failure());
        }
        long begin = System.nanoTime();
        Finding found = units.find(mark, settings.doubt().timeout());
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (found == Finding.UNKNOWN) {
            throw unknown(
                    CommitMarker.of(engine.dialect().name(), settings.name(), doubt.since(), mark), doubt.failure());
        }
        boolean committed = found == Finding.COMMITTED;
        LOG.info(
                "{}: unit '{}' lost its connection during COMMIT; found out in {} ms that it was {}",
                engine.config().name(),
                settings.name(),
                took.toMillis(),
                committed ? "committed" : "rolled back");
        engine.tell(listener -> listener.commitResolved(settings.name(), committed, took));
        trace.commitResolved(committed, took);
        if (!committed) {
            throw lost("lost its connection during COMMIT, which had no effect", doubt.failure());
        }
    }

    private TransactionRolledBackException lost(String what, SQLException failure) {
        return new TransactionRolledBackException(
                Reason.CONNECTION_LOST,
                true,
                "unit '" + settings.name() + "' " + what + ": " + failure.getMessage() + "; nothing of it was stored",
                failure);
    }

    private CommitOutcomeUnknownException unknown(@Nullable CommitMarker marker, SQLException failure) {
        CommitOutcomeUnknownException unknown = new CommitOutcomeUnknownException(settings.name(), marker, failure);
        LOG.error("{}: {}", engine.config().name(), unknown.getMessage());
        engine.tell(listener -> listener.commitUnknown(settings.name(), failure));
        trace.commitUnknown();
        return unknown;
    }
}
