package io.github.lifebelt.mysql;

import com.mysql.cj.NativeSession;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.exceptions.CJException;
import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session what it was after the login, by the protocol's own command for it, and has the driver know.
 *
 * <p>The command ends what the session has of its own: variables, user variables, temporary tables, locks, prepared
 * statements. Connector/J then sets again what it sets at a login, but not all of it, and goes on believing some of what
 * was: that is what the rest is for.
 */
final class SessionReset {

    private static final int NO_LIMIT = -1;
    private static final String COLLATION = "collation_connection";

    private static final Map<String, Integer> LEVELS = Map.of(
            "READ-UNCOMMITTED", Connection.TRANSACTION_READ_UNCOMMITTED,
            "READ-COMMITTED", Connection.TRANSACTION_READ_COMMITTED,
            "REPEATABLE-READ", Connection.TRANSACTION_REPEATABLE_READ,
            "SERIALIZABLE", Connection.TRANSACTION_SERIALIZABLE);

    private SessionReset() {}

    static void reset(JdbcConnection connection) throws SQLException {
        PropertySet properties = connection.getPropertySet();
        if (isOn(properties, PropertyKey.paranoid)) {
            throw new SQLException("with paranoid=true Connector/J resets no session, and says nothing");
        }
        Map<String, String> known = connection.getSession().getServerSession().getServerVariables();
        // What the login agreed on; the driver names the character set alone again, which has another default on
        // MariaDB.
        @Nullable String collation = known.get(COLLATION);
        beforehand(connection, properties);
        connection.resetServerState();
        afterwards(connection, collation);
        if (collation != null) {
            known.put(COLLATION, collation);
        }
    }

    private static void beforehand(JdbcConnection connection, PropertySet properties) throws SQLException {
        // A limit that the driver remembers to have sent would not be sent again.
        connection.setSessionMaxRows(NO_LIMIT);
        // Switched off once the driver has made the server strict, which it is no more after the reset.
        properties.getBooleanProperty(PropertyKey.jdbcCompliantTruncation).resetValue();
        // The driver would go on using statements that are gone, by numbers that the server may give to others. Its
        // cache cannot be emptied, but is not looked at any more if it is switched off.
        if (isOn(properties, PropertyKey.useServerPrepStmts)) {
            properties.getBooleanProperty(PropertyKey.cachePrepStmts).setValue(false);
        }
    }

    private static void afterwards(JdbcConnection connection, @Nullable String collation) throws SQLException {
        try {
            ((NativeSession) connection.getSession()).getProtocol().configureTimeZone();
        } catch (CJException e) {
            throw new SQLException("the session's time zone could not be set again", e.getSQLState(), e);
        }
        if (connection.isReadOnly(false)) {
            connection.setReadOnly(false);
        }
        Actual actual = Actual.of(connection);
        if (actual.level() != null) {
            // Sent only if the driver believes otherwise.
            connection.setTransactionIsolation(actual.level());
        }
        if (collation != null && !collation.equals(actual.collation())) {
            execute(connection, "set collation_connection = " + collation);
        }
        enter(connection, actual.database());
    }

    /** What the server says of the session after the reset. */
    private record Actual(
            @Nullable Integer level,
            @Nullable String collation,
            @Nullable String database) {

        static Actual of(JdbcConnection connection) throws SQLException {
            String isolation = ServerFactsReader.isMariaDb(connection)
                    ? "@@session.tx_isolation"
                    : "@@session.transaction_isolation";
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select " + isolation + ", @@session.collation_connection, database()")) {
                row.next();
                return new Actual(LEVELS.get(row.getString(1)), row.getString(2), row.getString(3));
            }
        }
    }

    private static void execute(JdbcConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The reset leaves the session in the database that it was in last. */
    private static void enter(JdbcConnection connection, @Nullable String current) throws SQLException {
        String first = connection.getSession().getHostInfo().getDatabase();
        boolean none = first == null || first.isEmpty();
        if (none && current != null) {
            throw new SQLException("the session was in no database at first, and cannot leave " + current);
        }
        if (none) {
            return;
        }
        if (!first.equals(current)) {
            // Not by the driver, which would not send it where it is told to rely on what it believes.
            execute(connection, "use " + MySqlCommitResolver.quoted(first));
        }
        if (!first.equals(connection.getDatabase())) {
            connection.setDatabase(first);
        }
    }

    private static boolean isOn(PropertySet properties, PropertyKey key) {
        return properties.getBooleanProperty(key).getValue();
    }
}
