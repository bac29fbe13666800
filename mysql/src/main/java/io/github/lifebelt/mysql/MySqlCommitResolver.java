package io.github.lifebelt.mysql;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by tokens: neither MySQL nor MariaDB remembers what became of a transaction.
 *
 * <p>A token costs a round trip, as the protocol takes one statement after the other. A look waits for up to a second where
 * the transaction is still open: the server knows no shorter wait for a lock. Needs the privileges SELECT, INSERT and
 * DELETE on the table and nothing else: everybody may end sessions of their own.
 */
final class MySqlCommitResolver implements CommitResolver {

    private static final String TABLE = "lifebelt_token";

    private static final int DUPLICATE = 1062;

    // A lock of InnoDB, and one of the table's definition.
    private static final String IMPATIENT = "set session innodb_lock_wait_timeout = 1, session lock_wait_timeout = 1";

    private final MySqlDialect dialect;

    MySqlCommitResolver(MySqlDialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public boolean supportsTransactionIds() {
        return false;
    }

    /** {@inheritDoc} Never asked for, as there are none. */
    @Override
    public @Nullable Mark mark(Connection connection, ServerFacts facts) {
        throw new IllegalStateException("servers of this family name no transactions; tokens are to be used");
    }

    @Override
    public String tokenTableStatement() {
        return "create table " + TABLE
                + " (id binary(16) not null primary key, fence boolean not null default false) engine=InnoDB";
    }

    /**
     * {@inheritDoc}
     *
     * <p>The server shows tables on which one has any privilege. Views and temporary tables do not count. Where autocommit
     * is off MySQL begins a transaction for that, and it is ended again: not to be asked between the beginning of a
     * transaction and its first statement, or what that was to have of its own is gone.
     */
    @Override
    public @Nullable String findTokenTable(Connection connection) throws SQLException {
        boolean idle = dialect.transactionState(connection) == TransactionState.IDLE;
        String found = lookUp(connection);
        if (idle) {
            dialect.rollback(connection);
        }
        return found;
    }

    private static @Nullable String lookUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("select table_schema, table_name from information_schema.tables"
                                + " where table_schema = database() and table_name = '" + TABLE
                                + "' and table_type = 'BASE TABLE'")) {
            return found.next() ? quoted(found.getString(1)) + "." + quoted(found.getString(2)) : null;
        }
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    @Override
    public boolean writeToken(Connection connection, Mark mark) throws SQLException {
        insert(connection, mark, false);
        return false;
    }

    /** As a text, since a prepared statement would cost another round trip where the driver prepares on the server. */
    private static void insert(Connection connection, Mark mark, boolean fence) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "insert into " + table(mark) + " (id, fence) values (" + literal(token(mark)) + ", " + fence + ")");
        }
    }

    private static String table(Mark mark) {
        if (mark.tokenTable() == null) {
            throw new IllegalArgumentException("a mark without a table of tokens: " + mark);
        }
        return mark.tokenTable();
    }

    private static UUID token(Mark mark) {
        if (mark.token() == null) {
            throw new IllegalArgumentException("a mark without a token: " + mark);
        }
        return mark.token();
    }

    /** Sixteen bytes, the first digits first, so that they sort as they are written. */
    private static String literal(UUID token) {
        return "x'" + token.toString().replace("-", "") + "'";
    }

    /**
     * {@inheritDoc}
     *
     * <p>A refusal is an error packet of the server on a connection that stands, if it is none of those that may come when
     * the transaction is stored already.
     */
    @Override
    public boolean isRefused(Connection connection, SQLException failure) {
        try {
            return !connection.isClosed()
                    && WorkProblems.of(failure) != WorkProblem.CONNECTION_LOST
                    && isAnswered(FailureChain.of(failure));
        } catch (SQLException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private static boolean isAnswered(FailureChain chain) {
        boolean answered = false;
        for (SQLException failure : chain.sql()) {
            if (mayBeStored(failure.getErrorCode())) {
                return false;
            }
            answered |= failure.getErrorCode() > 0;
        }
        return answered;
    }

    private static boolean mayBeStored(int number) {
        return switch (number) {
            // An error during COMMIT, and one that is not known.
            case 1180, 1105 -> true;
            // Killed, perhaps while it waited for a replica with everything written.
            case 1317 -> true;
            // The binary log could not be written; a plug-in of the replication objects, before or after.
            case 1026, 1598, 3100 -> true;
            default -> false;
        };
    }

    @Override
    public Finding look(Connection own, ServerFacts facts, Mark mark, boolean end) throws SQLException {
        if (facts.readOnly()) {
            return Finding.ELSEWHERE;
        }
        execute(own, IMPATIENT);
        try {
            insert(own, mark, true);
            return Finding.ROLLED_BACK;
        } catch (SQLException e) {
            if (e.getErrorCode() == DUPLICATE) {
                return whoCameFirst(own, mark);
            }
            return switch (WorkProblems.of(e)) {
                case READ_ONLY_SERVER -> Finding.ELSEWHERE;
                case DEADLOCK, CONFLICT -> Finding.OPEN;
                case LOCK_TIMEOUT -> {
                    if (end && isProven(own, facts, mark)) {
                        endUnlessCommitting(own, mark.session());
                    }
                    yield Finding.OPEN;
                }
                default -> throw e;
            };
        }
    }

    /** The row is committed, or the insert would have waited. */
    private static Finding whoCameFirst(Connection own, Mark mark) throws SQLException {
        try (Statement statement = own.createStatement();
                ResultSet row = statement.executeQuery(
                        "select fence from " + table(mark) + " where id = " + literal(token(mark)))) {
            if (!row.next()) {
                return Finding.OPEN;
            }
            return row.getBoolean(1) ? Finding.ROLLED_BACK : Finding.COMMITTED;
        }
    }

    /** A server gives no number of a session again as long as it runs. */
    private static boolean isProven(Connection own, ServerFacts facts, Mark mark) throws SQLException {
        return mark.session() != 0 && !facts.bouncer() && ServerRun.hasLastedSince(mark.incarnation(), own, facts);
    }

    /**
     * Ends the session, unless it is at its COMMIT: that has its reasons to take long, a replica for instance, and would
     * then be stored here and not there.
     */
    private static void endUnlessCommitting(Connection own, long session) throws SQLException {
        try (Statement statement = own.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("select info from information_schema.processlist where id = " + session)) {
                if (found.next() && isCommit(found.getString(1))) {
                    return;
                }
            }
            statement.execute("kill " + session);
        } catch (SQLException e) {
            if (e.getErrorCode() != StatementKiller.NO_SUCH_SESSION) {
                throw e;
            }
        }
    }

    /** With a comment before it, where the application has the driver add some. */
    private static boolean isCommit(@Nullable String running) {
        return running != null && running.strip().toLowerCase(Locale.ROOT).endsWith("commit");
    }

    /** {@inheritDoc} One at a time in the whole server: who finds the lock taken leaves it to the others. */
    @Override
    public int removeTokens(Connection own, String tokenTable, UUID before, int atMost) throws SQLException {
        String lock = "('" + TABLE + " " + Integer.toHexString(tokenTable.hashCode()) + "'";
        execute(own, IMPATIENT);
        try (Statement statement = own.createStatement()) {
            if (!isTrue(statement, "select get_lock" + lock + ", 0)")) {
                return 0;
            }
            String release = "select release_lock" + lock + ")";
            try {
                int removed = remove(statement, tokenTable, before, atMost);
                isTrue(statement, release);
                return removed;
            } catch (SQLException e) {
                releaseAfter(e, statement, release);
                throw e;
            }
        }
    }

    /** Who is in the way is at work on the same rows. */
    private static int remove(Statement statement, String tokenTable, UUID before, int atMost) throws SQLException {
        try {
            return statement.executeUpdate(
                    "delete from " + tokenTable + " where id < " + literal(before) + " order by id limit " + atMost);
        } catch (SQLException e) {
            return switch (WorkProblems.of(e)) {
                case LOCK_TIMEOUT, DEADLOCK, CONFLICT -> 0;
                default -> throw e;
            };
        }
    }

    private static void releaseAfter(SQLException failure, Statement statement, String release) {
        try {
            isTrue(statement, release);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private static boolean isTrue(Statement statement, String question) throws SQLException {
        try (ResultSet answer = statement.executeQuery(question)) {
            return answer.next() && answer.getInt(1) == 1;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
