package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server what it is, in one round trip and without any privilege.
 *
 * <p>What a server of this family may not have is asked of none of its kind: each of the two gets the variables that all
 * its supported versions have. A server that is neither, and fails for one of them, is asked again with {@code SHOW},
 * which leaves out what there is not.
 */
final class ServerFactsReader {

    private static final String COMMON = "select @@version as version, @@version_comment as version_comment,"
            + " @@hostname as hostname, @@global.read_only as read_only, @@global.innodb_read_only as innodb_read_only,"
            + " @@session.wait_timeout as wait_timeout, @@global.max_connections as max_connections,"
            + " unix_timestamp() as login";

    private static final String MYSQL =
            COMMON + ", @@global.super_read_only as super_read_only, @@global.server_uuid as server_uuid";

    private static final String SHOW =
            "show variables where variable_name in ('version', 'version_comment', 'hostname', 'read_only',"
                    + " 'innodb_read_only', 'super_read_only', 'wait_timeout', 'max_connections', 'server_uuid')";

    // Variables are 1 and 0, or ON and OFF; MariaDB has kinds of read-only with names of their own from 12.0 on.
    private static final Set<String> OFF = Set.of("0", "off", "no", "false", "");

    private final MySqlFailureClassifier classifier = new MySqlFailureClassifier();

    ServerFacts read(JdbcConnection connection) throws SQLException {
        try {
            return facts(row(connection, isMariaDb(connection) ? COMMON : MYSQL));
        } catch (SQLException e) {
            if (classifier.classify(e, Phase.WORK, Role.READ_ONLY) != Verdict.KEEP || connection.isClosed()) {
                throw e;
            }
            return readByShow(connection);
        }
    }

    /** What there is of it, where the query itself cannot be answered. */
    static ServerFacts readByShow(JdbcConnection connection) throws SQLException {
        return facts(shown(connection));
    }

    /** By the server's greeting, which asks it nothing. */
    static boolean isMariaDb(JdbcConnection connection) {
        return isMariaDb(
                connection.getSession().getServerSession().getServerVersion().toString());
    }

    private static boolean isMariaDb(String version) {
        return version.toLowerCase(Locale.ROOT).contains("mariadb");
    }

    private static Map<String, String> row(JdbcConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            Map<String, String> found = new HashMap<>();
            ResultSetMetaData columns = result.getMetaData();
            if (result.next()) {
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    String value = result.getString(i);
                    if (value != null) {
                        found.put(columns.getColumnLabel(i), value);
                    }
                }
            }
            return found;
        }
    }

    private static Map<String, String> shown(JdbcConnection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(SHOW)) {
            Map<String, String> found = new HashMap<>();
            while (result.next()) {
                String value = result.getString(2);
                if (value != null) {
                    found.put(result.getString(1).toLowerCase(Locale.ROOT), value);
                }
            }
            return found;
        }
    }

    private static ServerFacts facts(Map<String, String> found) {
        String version = found.getOrDefault("version", "");
        boolean mariaDb = isMariaDb(version) || isMariaDb(found.getOrDefault("version_comment", ""));
        Integer idle = number(found.get("wait_timeout"));
        return new ServerFacts(
                mariaDb ? "MariaDB" : "MySQL",
                version,
                isOn(found.get("read_only"))
                        || isOn(found.get("super_read_only"))
                        || isOn(found.get("innodb_read_only")),
                ServerRun.incarnation(
                        found.getOrDefault("server_uuid", found.getOrDefault("hostname", "")), found.get("login")),
                idle == null ? null : Duration.ofSeconds(idle),
                number(found.get("max_connections")),
                // The one that is kept for administrators comes on top of the number.
                0,
                null,
                isBouncer(found));
    }

    /** ProxySQL says so where the version's comment stands. Others behind which sessions are shared do not say. */
    private static boolean isBouncer(Map<String, String> found) {
        return found.getOrDefault("version_comment", "")
                .toLowerCase(Locale.ROOT)
                .contains("proxysql");
    }

    private static boolean isOn(@Nullable String value) {
        return value != null && !OFF.contains(value.toLowerCase(Locale.ROOT));
    }

    private static @Nullable Integer number(@Nullable String value) {
        if (value == null) {
            return null;
        }
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
