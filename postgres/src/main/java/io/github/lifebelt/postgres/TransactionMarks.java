package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Asks for the id of the open transaction, in one round trip, alone or behind other statements.
 *
 * <p>What is known from the login does for session and incarnation, but behind a pooler, where the login was another
 * server session's, and on a server that was a standby then: sessions outlive a promotion.
 */
final class TransactionMarks {

    private TransactionMarks() {}

    /** Gives the transaction an id if it has none. */
    static @Nullable Mark assigned(Connection connection, ServerFacts facts, String statementsBefore)
            throws SQLException {
        return ask(connection, facts, statementsBefore, "pg_catalog.txid_current()");
    }

    /** Null if it has none, since it has written nothing. */
    static @Nullable Mark ifAssigned(Connection connection, ServerFacts facts) throws SQLException {
        return ask(connection, facts, "", "pg_catalog.txid_current_if_assigned()");
    }

    private static @Nullable Mark ask(Connection connection, ServerFacts facts, String before, String id)
            throws SQLException {
        boolean loginTells = !facts.bouncer() && !facts.readOnly();
        String query = before + "select " + id + "::text"
                + (loginTells ? "" : ", pg_catalog.pg_backend_pid()::text, " + Incarnation.COLUMNS);
        @Nullable String @Nullable [] row = OneTrip.lastRow(connection, query);
        String transaction = row == null ? null : row[0];
        if (row == null || transaction == null) {
            return null;
        }
        if (loginTells) {
            return new Mark(
                    transaction,
                    null,
                    null,
                    connection.unwrap(PGConnection.class).getBackendPID(),
                    facts.incarnation());
        }
        long session = row[1] == null ? 0 : Long.parseLong(row[1]);
        return new Mark(transaction, null, null, session, Incarnation.text(row[2], row[3], row[4]));
    }
}
