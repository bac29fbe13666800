package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What other sessions are doing. Those of one's own user everybody sees; of transactions and locks only whoever has the
 * privilege {@code PROCESS}, and on MySQL may read the performance schema.
 */
final class SessionActivities {
    private static final String SESSIONS = "show full processlist";

    private static final String TRANSACTIONS = "select trx_mysql_thread_id,"
            + " timestampdiff(microsecond, trx_started, now(6)) from information_schema.innodb_trx";

    private static final String MYSQL_BLOCKERS = "select w.processlist_id, b.processlist_id"
            + " from performance_schema.data_lock_waits l"
            + " join performance_schema.threads w on w.thread_id = l.requesting_thread_id"
            + " join performance_schema.threads b on b.thread_id = l.blocking_thread_id";

    private static final String MARIADB_BLOCKERS = "select w.trx_mysql_thread_id, b.trx_mysql_thread_id"
            + " from information_schema.innodb_lock_waits l"
            + " join information_schema.innodb_trx w on w.trx_id = l.requesting_trx_id"
            + " join information_schema.innodb_trx b on b.trx_id = l.blocking_trx_id";

    private static final String HIDDEN = "idle, perhaps in transaction (the privilege PROCESS shows it)";

    private static final MySqlFailureClassifier CLASSIFIER = new MySqlFailureClassifier();

    private SessionActivities() {}

    static List<SessionActivity> of(JdbcConnection connection, Set<Long> sessions) throws SQLException {
        Map<Long, Duration> transactions = new HashMap<>();
        boolean shown = ifAllowed(
                connection,
                TRANSACTIONS,
                row -> transactions.put(row.getLong(1), Duration.ofNanos(Math.max(0, row.getLong(2)) * 1_000)));
        Map<Long, Set<Long>> blockers = new HashMap<>();
        ifAllowed(
                connection,
                ServerFactsReader.isMariaDb(connection) ? MARIADB_BLOCKERS : MYSQL_BLOCKERS,
                row -> blockers.computeIfAbsent(row.getLong(1), waiting -> new HashSet<>())
                        .add(row.getLong(2)));
        List<SessionActivity> found = new ArrayList<>();
        read(connection, SESSIONS, row -> {
            long id = row.getLong("Id");
            if (sessions.contains(id)) {
                found.add(activity(row, id, shown, transactions.get(id), blockers.getOrDefault(id, Set.of())));
            }
        });
        return found;
    }

    private static SessionActivity activity(
            ResultSet row, long id, boolean shown, @Nullable Duration transaction, Set<Long> blockers)
            throws SQLException {
        boolean idle = "Sleep".equals(row.getString("Command"));
        String state = !idle ? "active" : transaction != null ? "idle in transaction" : shown ? "idle" : HIDDEN;
        String doing = row.getString("State");
        // In whole seconds, which is all there is for everybody.
        Duration since = Duration.ofSeconds(Math.max(0, row.getLong("Time")));
        return new SessionActivity(
                id, state, idle || doing == null || doing.isEmpty() ? null : doing, transaction, since, blockers);
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void read(JdbcConnection connection, String query, Row each) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                each.read(rows);
            }
        }
    }

    private static boolean ifAllowed(JdbcConnection connection, String query, Row each) throws SQLException {
        try {
            read(connection, query, each);
            return true;
        } catch (SQLException e) {
            if (connection.isClosed() || CLASSIFIER.classify(e, Phase.WORK, Role.READ_ONLY) != Verdict.KEEP) {
                throw e;
            }
            return false;
        }
    }
}
