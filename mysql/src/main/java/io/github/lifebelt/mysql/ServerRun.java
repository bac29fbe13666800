package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server has run without a break since a session was made, so that the session's number is still that
 * session's: a server counts anew when it starts.
 *
 * <p>A login notes the server and the server's time, which costs nothing. When the server started is asked only when
 * somebody wants to know, since it adds up the status of all sessions for the answer: 50 connections that asked at once
 * took half as long again.
 */
final class ServerRun {

    // Both terms are taken from the start of this query, so that their difference does not waver. The tables of the
    // status variables are open to all.
    private static final String STARTED = "select cast(unix_timestamp() - (select variable_value from %s.global_status"
            + " where variable_name = 'Uptime') as signed)";

    private ServerRun() {}

    /** What is noted at a login; null where the server did not say what time it was. */
    static @Nullable String incarnation(String server, @Nullable String login) {
        return login == null ? null : server + "/" + login;
    }

    /**
     * By another session, whose facts these are.
     *
     * <p>The server tells whole seconds. A login in the one of its start counts as one to this run, although it may have been
     * to the one before, if that ended and this began within that second: whoever asks has met a transaction of that session
     * that is open, and no start leaves one open.
     */
    static boolean hasLastedSince(@Nullable String incarnation, Connection own, ServerFacts facts) throws SQLException {
        String now = facts.incarnation();
        if (incarnation == null || now == null || !server(incarnation).equals(server(now))) {
            return false;
        }
        return login(incarnation) >= started(own);
    }

    private static String server(String incarnation) {
        return incarnation.substring(0, incarnation.lastIndexOf('/'));
    }

    private static long login(String incarnation) {
        return Long.parseLong(incarnation.substring(incarnation.lastIndexOf('/') + 1));
    }

    private static long started(Connection own) throws SQLException {
        String schema = ServerFactsReader.isMariaDb(own.unwrap(JdbcConnection.class))
                ? "information_schema"
                : "performance_schema";
        try (Statement statement = own.createStatement();
                ResultSet row = statement.executeQuery(STARTED.formatted(schema))) {
            row.next();
            return row.getLong(1);
        }
    }
}
