package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;

/**
 * What a server says of itself, in one round trip of one statement that any role may send.
 *
 * <p>A pooler is recognised by the process: it answers the login with one of its own invention.
 */
final class ServerFactsQuery {

    // All is text, so that no session's settings (time zone, date style) change it.
    private static final String MOST = """
            select pg_catalog.version(), \
            pg_catalog.current_setting('server_version'), \
            pg_catalog.pg_backend_pid()::text, \
            """ + Incarnation.COLUMNS + """
            , pg_catalog.current_setting('max_connections', true), \
            pg_catalog.current_setting('superuser_reserved_connections', true), \
            pg_catalog.current_setting('reserved_connections', true), \
            pg_catalog.current_setting('idle_session_timeout', true), \
            pg_catalog.current_setting('tcp_keepalives_idle', true), \
            pg_catalog.current_setting('default_transaction_read_only')""";

    // What the session or its URL has set is no word of the server's. The view costs as much as all the rest.
    private static final String ALL = MOST + """
            , (select (reset_val = 'on' and source <> 'client')::text from pg_catalog.pg_settings \
            where name = 'default_transaction_read_only')""";

    // For those who speak PostgreSQL's protocol and have not all of its functions.
    private static final String VERSION_ONLY = "select version()";

    private static final String READ_ONLY = "default_transaction_read_only";
    private static final int SERVERS_WORD = 13;

    private static final FailureClassifier CLASSIFIER = new PostgresFailureClassifier();

    private static final Pattern TIME = Pattern.compile("(\\d{1,18})(|us|ms|s|min|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "us", Duration.ofNanos(1_000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "min", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private ServerFactsQuery() {}

    /** Asks. The server tells at the login whether its sessions only read; behind a pooler that is not known. */
    static ServerFacts ask(BaseConnection connection) throws SQLException {
        boolean writes = "off".equals(connection.unwrap(PGConnection.class).getParameterStatus(READ_ONLY));
        return ask(connection, writes ? List.of(MOST, VERSION_ONLY) : List.of(ALL, VERSION_ONLY));
    }

    /**
     * Asks with the first query that the server can answer. One that it cannot costs a round trip more, and no
     * transaction: none is open, and the driver is told to begin none.
     */
    static ServerFacts ask(BaseConnection connection, List<String> queries) throws SQLException {
        for (String query : queries) {
            try (ResultSet row = connection.execSQLQuery(query)) {
                if (row.next()) {
                    return row.getMetaData().getColumnCount() == 1 ? version(row) : all(connection, row);
                }
            } catch (SQLException e) {
                if (CLASSIFIER.classify(e, Phase.WORK, Role.READ_ONLY) != Verdict.KEEP) {
                    throw e;
                }
            }
        }
        return unknown("PostgreSQL", "");
    }

    private static ServerFacts version(ResultSet row) throws SQLException {
        String[] words = text(row, 1).split(" ", 3);
        return unknown(words[0], words.length > 1 ? words[1] : "");
    }

    private static ServerFacts unknown(String product, String version) {
        return new ServerFacts(product, version, false, null, null, null, null, null, false);
    }

    private static ServerFacts all(BaseConnection connection, ResultSet row) throws SQLException {
        String product = text(row, 1).split(" ", 2)[0];
        boolean bouncer = !text(row, 3)
                .equals(Integer.toString(connection.unwrap(PGConnection.class).getBackendPID()));
        boolean standby = Boolean.parseBoolean(row.getString(4));
        String incarnation = Incarnation.text(row.getString(4), row.getString(5), row.getString(6));
        boolean readOnly = standby || isOn(row, connection);
        Integer reserved = number(row.getString(8));
        Integer reservedToo = number(row.getString(9));
        return new ServerFacts(
                product,
                text(row, 2),
                readOnly,
                incarnation,
                // Both are about the sessions between the pooler and the server, which are not ours.
                bouncer ? null : time(row.getString(10), "ms"),
                number(row.getString(7)),
                reserved == null || reservedToo == null ? reserved : Integer.valueOf(reserved + reservedToo),
                bouncer ? null : time(row.getString(11), "s"),
                bouncer);
    }

    /** Whether the server's sessions only read. One that has come to while it was asked is asked again. */
    private static boolean isOn(ResultSet row, BaseConnection connection) throws SQLException {
        if (!"on".equals(row.getString(12))) {
            return false;
        }
        if (row.getMetaData().getColumnCount() < SERVERS_WORD) {
            return ask(connection, List.of(ALL)).readOnly();
        }
        return Boolean.parseBoolean(row.getString(SERVERS_WORD));
    }

    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    private static @Nullable Integer number(@Nullable String text) {
        return text == null || !text.matches("\\d{1,9}") ? null : Integer.valueOf(text);
    }

    /** A setting as {@code SHOW} prints it; 0 is none. */
    static @Nullable Duration time(@Nullable String text, String unitOfBareNumbers) {
        Matcher matcher = TIME.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            return null;
        }
        String unit = matcher.group(2).isEmpty() ? unitOfBareNumbers : matcher.group(2);
        long count = Long.parseLong(matcher.group(1));
        Duration one = UNITS.get(unit);
        return count == 0 || one == null ? null : one.multipliedBy(count);
    }
}
