package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a session has of its own, as far as its user may see it.
 *
 * <p>Variables and the current database everybody sees. On MySQL user variables, locks of {@code GET_LOCK} and statements
 * of {@code PREPARE} are seen by users who may read the performance schema, and temporary tables by nobody under their
 * names. On MariaDB everybody sees user variables, and temporary tables from 11.2 on; locks are seen where the plug-in
 * {@code metadata_lock_info} is installed.
 */
final class SessionState {

    // What changes with every statement, at its own pace, or with what other sessions do.
    private static final Set<String> RESTLESS = Set.of(
            "error_count",
            "identity",
            "in_transaction",
            "insert_id",
            "last_gtid",
            "last_insert_id",
            "pseudo_thread_id",
            "rand_seed1",
            "rand_seed2",
            "timestamp",
            "warning_count");
    private static final String GTIDS = "gtid";

    // Kept by TransactionSettings from one transaction to the next.
    private static final String OWN = "lifebelt\\_%";

    private static final String DATABASE = "select database()";
    private static final String VARIABLES = "show session variables";

    private static final String MARIADB_USER_VARIABLES = "select concat(variable_name, ' = ', variable_value)"
            + " from information_schema.user_variables where variable_name not like '" + OWN + "'";
    private static final String MARIADB_TABLES =
            "select concat(table_schema, '.', table_name) from information_schema.tables"
                    + " where table_type = 'TEMPORARY'";
    private static final String MARIADB_LOCKS = "select table_schema from information_schema.metadata_lock_info"
            + " where thread_id = connection_id() and lock_type = 'User lock'";

    private static final String THREAD =
            "(select thread_id from performance_schema.threads where processlist_id = connection_id())";
    private static final String MYSQL_USER_VARIABLES = "select concat(variable_name, ' = ', variable_value)"
            + " from performance_schema.user_variables_by_thread where thread_id = " + THREAD
            + " and variable_name not like '" + OWN + "'";
    private static final String LOCKS = "select object_name from performance_schema.metadata_locks"
            + " where object_type = 'USER LEVEL LOCK' and owner_thread_id = " + THREAD;
    private static final String STATEMENTS =
            "select statement_name from performance_schema.prepared_statements_instances"
                    + " where statement_name is not null and owner_thread_id = " + THREAD;

    private final MySqlFailureClassifier classifier = new MySqlFailureClassifier();
    private final JdbcConnection connection;
    private final Set<String> found = new TreeSet<>();

    private SessionState(JdbcConnection connection) {
        this.connection = connection;
    }

    static Set<String> of(JdbcConnection connection) throws SQLException {
        return new SessionState(connection).read();
    }

    private Set<String> read() throws SQLException {
        variables();
        if (ServerFactsReader.isMariaDb(connection)) {
            addIfAllowed("user variable @", MARIADB_USER_VARIABLES);
            addIfAllowed("temporary table ", MARIADB_TABLES);
            addIfAllowed("lock ", MARIADB_LOCKS);
        } else {
            addIfAllowed("user variable @", MYSQL_USER_VARIABLES);
        }
        addIfAllowed("lock ", LOCKS);
        addIfAllowed("prepared statement ", STATEMENTS);
        // Last, as a query that was refused may leave the driver without the server's word on the transaction.
        add("database ", DATABASE);
        return found;
    }

    private void variables() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(VARIABLES)) {
            while (rows.next()) {
                String name = rows.getString(1).toLowerCase(Locale.ROOT);
                if (!RESTLESS.contains(name) && !name.startsWith(GTIDS)) {
                    found.add("setting " + name + " = " + rows.getString(2));
                }
            }
        }
    }

    private void add(String kind, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                String words = rows.getString(1);
                if (words != null) {
                    found.add(kind + words);
                }
            }
        }
    }

    /** Tables that this server does not have, or does not show to this user. */
    private void addIfAllowed(String kind, String query) throws SQLException {
        try {
            add(kind, query);
        } catch (SQLException e) {
            if (connection.isClosed() || classifier.classify(e, Phase.WORK, Role.READ_ONLY) != Verdict.KEEP) {
                throw e;
            }
        }
    }
}
