package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * What became of a COMMIT on PostgreSQL 10 or newer. A mark that has both is looked for by its token, which tells more.
 *
 * <p>Needs no right that not everybody has, but those on the table of tokens: {@code INSERT} to write, {@code SELECT} too to
 * look, {@code DELETE} too to clean up. Thread-safe, without state.
 */
final class PostgresCommitResolver implements CommitResolver {

    @Override
    public boolean supportsTransactionIds() {
        return true;
    }

    @Override
    public @Nullable Mark mark(Connection connection, ServerFacts facts) throws SQLException {
        return TransactionMarks.ifAssigned(connection, facts);
    }

    @Override
    public String tokenTableStatement() {
        return Tokens.CREATE;
    }

    @Override
    public @Nullable String findTokenTable(Connection connection) throws SQLException {
        return Tokens.find((BaseConnection) connection);
    }

    /** {@inheritDoc} Here it does, in any case. */
    @Override
    public boolean writeToken(Connection connection, Mark mark) throws SQLException {
        Tokens.write(connection, Objects.requireNonNull(mark.token()), Objects.requireNonNull(mark.tokenTable()));
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The server ends each answer with the state it is in, and a transaction that is open before a COMMIT is not
     * afterwards: it has ended, or has failed before the COMMIT. Whatever breaks the line earlier closes the connection.
     */
    @Override
    public boolean isRefused(Connection connection, SQLException failure) {
        BaseConnection base = (BaseConnection) connection;
        try {
            return !base.isClosed() && base.getTransactionState() != TransactionState.OPEN;
        } catch (SQLException e) {
            // It cannot even say that.
            return false;
        }
    }

    @Override
    public Finding look(Connection own, ServerFacts facts, Mark mark, boolean end) throws SQLException {
        UUID token = mark.token();
        String table = mark.tokenTable();
        if (token != null && table != null) {
            return Tokens.look(own, facts, mark, token, table, end);
        }
        String id = Objects.requireNonNull(mark.transactionId(), "a mark has a transaction id or a token");
        return TransactionIds.look(own, facts, mark, Long.parseLong(id), end);
    }

    @Override
    public int removeTokens(Connection own, String tokenTable, UUID before, int atMost) throws SQLException {
        return Tokens.remove(own, tokenTable, before, atMost);
    }
}
