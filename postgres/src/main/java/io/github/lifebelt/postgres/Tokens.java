package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The table of tokens: what transactions write to it, and how one is looked for.
 *
 * <p>A look inserts the token too, marked as a fence. The primary key lets one of the two in and makes the other wait for
 * it, so the look waits for a COMMIT that is under way, and a transaction that comes later is refused.
 *
 * <p>All that a look needs of its session is set for its transaction only, since behind a pooler the session is not its
 * own.
 */
final class Tokens {

    static final String TABLE = "lifebelt_token";

    /** The ids begin with the time, so the primary key finds the old ones too. */
    static final String CREATE =
            "create table " + TABLE + " (id uuid primary key, fence boolean not null default false)";

    // "lifebelt" in ASCII: one key for all that use the database.
    private static final long REMOVAL_LOCK = 0x6C69_6665_6265_6C74L;

    private static final String SAVEPOINT = "lifebelt_look";

    /**
     * The look's own transaction. It waits neither for long, nor for a replica: whether the fence gets there does not
     * matter, since a server that takes over cannot have the transaction if this one has refused it.
     */
    private static final String BEGIN_LOOK = """
            begin isolation level read committed, read write;\
            set local lock_timeout = 300;\
            set local statement_timeout = 0;\
            set local synchronous_commit = local;\
            savepoint\s""" + SAVEPOINT + ";";

    private Tokens() {}

    /**
     * Where the table is. One that others do not see, or that a crash empties, is none: what is not in it would be taken
     * for not stored.
     */
    static @Nullable String find(BaseConnection connection) throws SQLException {
        try (ResultSet row = connection.execSQLQuery("""
                select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) \
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
                where c.oid = pg_catalog.to_regclass('""" + TABLE + "') and c.relpersistence = 'p'")) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** The token and COMMIT leave together, so the token costs no round trip. */
    static void write(Connection connection, UUID token, String table) throws SQLException {
        String sign = sign(token);
        OneTrip.send(connection, sign + "insert into " + table + " (id) values ('" + token + "');" + sign + "commit");
    }

    /** Before each of the two statements, so that the session can be told by the statement it is at. */
    private static String sign(UUID token) {
        return "/*lifebelt token " + token + "*/ ";
    }

    static Finding look(Connection own, ServerFacts facts, Mark mark, UUID token, String table, boolean end)
            throws SQLException {
        try {
            @Nullable
            String @Nullable [] row = OneTrip.lastRow(
                    own,
                    BEGIN_LOOK + "insert into " + table + " (id, fence) values ('" + token
                            + "', true) on conflict (id) do nothing; select fence::text from " + table
                            + " where id = '" + token + "';commit");
            // Somebody has removed it in between: what it said is not known.
            String fence = row == null ? null : row[0];
            return fence == null ? Finding.UNKNOWN : fence.equals("true") ? Finding.ROLLED_BACK : Finding.COMMITTED;
        } catch (SQLException e) {
            return ofTheFailure(own, facts, mark, token, end, e);
        }
    }

    private static Finding ofTheFailure(
            Connection own, ServerFacts facts, Mark mark, UUID token, boolean end, SQLException failure)
            throws SQLException {
        Finding finding = switch (String.valueOf(failure.getSQLState())) {
            case "55P03", "40001" -> Finding.OPEN;
            // A standby: it cannot be asked to write, and says so in either way.
            case "25006", "0A000" -> Finding.ELSEWHERE;
            default -> null;
        };
        if (own.isClosed()) {
            throw failure;
        }
        boolean waitedInVain = "55P03".equals(failure.getSQLState());
        try {
            if (waitedInVain && end) {
                end(own, facts, mark, token);
            } else {
                rollback(own);
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        if (finding == null) {
            throw failure;
        }
        return finding;
    }

    /**
     * Ends the session that keeps the token's row from being decided: the one at whose transaction's end the look has
     * waited. It is known by the statement that it is at, which bears the token; or by its id, if its transaction is older
     * than the look's and so is the one that was waited for, where no pooler lends sessions under other ids. Whoever
     * waits for a replica has stored the row here already.
     */
    private static void end(Connection own, ServerFacts facts, Mark mark, UUID token) throws SQLException {
        String sign = sign(token).trim();
        String byId = facts.bouncer() ? "" : " or pid = " + mark.session();
        OneTrip.send(
                own,
                "rollback to savepoint " + SAVEPOINT
                        + "; select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity"
                        + " where pid <> pg_catalog.pg_backend_pid() and usename = session_user"
                        + " and datname = pg_catalog.current_database() and state <> 'idle'"
                        + " and wait_event is distinct from 'SyncRep'"
                        + " and xact_start < pg_catalog.transaction_timestamp()"
                        + " and (pg_catalog.left(query, " + sign.length() + ") = '" + sign + "'" + byId + ");rollback");
    }

    private static void rollback(Connection own) throws SQLException {
        ((BaseConnection) own).execSQLUpdate("rollback");
    }

    /** Old tokens are nobody's any more, so there is nothing to wait for; those who clean take turns. */
    static int remove(Connection own, String table, UUID before, int atMost) throws SQLException {
        try (Statement statement = own.createStatement()) {
            return statement.executeUpdate(
                    "delete from " + table + " where (select pg_catalog.pg_try_advisory_xact_lock("
                            + REMOVAL_LOCK + ")) and id in (select id from " + table + " where id < '" + before
                            + "' order by id limit " + atMost + ")");
        }
    }
}
