package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;

/**
 * Looks for a transaction by its id.
 *
 * <p>The server gives out ids before it writes them down. After a crash or a promotion it may give the same id to another
 * transaction, so that <em>committed</em> tells of ours only as long as the server's incarnation is the same. What was
 * stored for good stays stored, so any other answer tells that ours was not, whoever has the id now.
 */
final class TransactionIds {

    // Ids are 64 bits here and 32 in the list of sessions.
    private static final long SHORT_ID_MASK = 0xFFFF_FFFFL;
    private static final String IN_PROGRESS = "in progress";
    private static final String INVALID_PARAMETER = PSQLState.INVALID_PARAMETER_VALUE.getState();

    private TransactionIds() {}

    static Finding look(Connection own, ServerFacts facts, Mark mark, long id, boolean end) throws SQLException {
        if (facts.readOnly()) {
            return Finding.ELSEWHERE;
        }
        @Nullable String @Nullable [] row = status(own, id);
        if (row == null) {
            return comesLater(own, mark);
        }
        if (Boolean.parseBoolean(row[0])) {
            return Finding.ELSEWHERE;
        }
        Incarnation.Since since = since(mark, row);
        return switch (String.valueOf(row[4])) {
            case "committed" -> since == Incarnation.Since.SAME ? Finding.COMMITTED : Finding.UNKNOWN;
            case "aborted" -> Finding.ROLLED_BACK;
            case IN_PROGRESS -> ofOneInProgress(own, mark, id, since, end);
            // Forgotten, hundreds of millions of transactions later.
            default -> Finding.UNKNOWN;
        };
    }

    /** Null if the server says that it has not given out the id yet. */
    private static @Nullable String @Nullable [] status(Connection own, long id) throws SQLException {
        try {
            return row(own, ", pg_catalog.txid_status(" + id + ")");
        } catch (SQLException e) {
            if (INVALID_PARAMETER.equals(e.getSQLState()) && !own.isClosed()) {
                return null;
            }
            throw e;
        }
    }

    private static @Nullable String @Nullable [] row(Connection own, String more) throws SQLException {
        return OneTrip.lastRow(own, "select " + Incarnation.COLUMNS + ", " + Incarnation.WITNESS + more);
    }

    private static Incarnation.Since since(Mark mark, @Nullable String[] row) {
        String now = Incarnation.text(row[0], row[1], row[2]);
        return Incarnation.since(mark.incarnation(), now, Boolean.parseBoolean(row[3]));
    }

    /**
     * A server that has lost the id has lost the transaction. One that has lost nothing cannot say this, so if it does,
     * something is not understood.
     */
    private static Finding comesLater(Connection own, Mark mark) throws SQLException {
        @Nullable String @Nullable [] row = row(own, "");
        if (row == null || Boolean.parseBoolean(row[0])) {
            return Finding.ELSEWHERE;
        }
        return since(mark, row) == Incarnation.Since.SAME ? Finding.UNKNOWN : Finding.ROLLED_BACK;
    }

    private static Finding ofOneInProgress(Connection own, Mark mark, long id, Incarnation.Since since, boolean end)
            throws SQLException {
        return switch (since) {
            case SAME -> {
                if (end) {
                    end(own, mark, id);
                }
                yield Finding.OPEN;
            }
            // Ours or somebody else's: if it may be ours, it is waited for and not touched.
            case DOUBTFUL -> isSomebodyElses(own, mark, id) ? Finding.ROLLED_BACK : Finding.OPEN;
            // Somebody else's.
            case CHANGED -> Finding.ROLLED_BACK;
        };
    }

    /** Asked in this order, since a session is seen until its transaction has ended: ours cannot go on without it. */
    private static boolean isSomebodyElses(Connection own, Mark mark, long id) throws SQLException {
        if (mark.session() == 0) {
            return false;
        }
        boolean gone = OneTrip.lastRow(own, "select pid from pg_catalog.pg_stat_activity where pid = " + mark.session())
                == null;
        @Nullable String @Nullable [] row = gone ? status(own, id) : null;
        return row != null && IN_PROGRESS.equals(row[4]);
    }

    /** What waits for a replica is stored here already; ending it would only make the client believe so too early. */
    private static void end(Connection own, Mark mark, long id) throws SQLException {
        OneTrip.send(
                own,
                "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where pid = "
                        + mark.session() + " and backend_xid::text = '" + (id & SHORT_ID_MASK)
                        + "' and wait_event is distinct from 'SyncRep'");
    }
}
