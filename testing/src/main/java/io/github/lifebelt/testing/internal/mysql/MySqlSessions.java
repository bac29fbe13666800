package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions of ordinary users, found and ended one by one. */
final class MySqlSessions {
    private static final int UNKNOWN_THREAD = 1094;
    // A session that was told to end stays in the list until it has; one that logs in is not a user's yet.
    private static final String THOSE_OF_USERS = " FROM information_schema.processlist p"
            + " WHERE p.id <> connection_id() AND p.command NOT IN ('Killed', 'Daemon', 'Connect', 'Binlog Dump')"
            + " AND p.user NOT IN ('event_scheduler', 'system user', 'unauthenticated user')";
    private static final String WAITS_FOR_CLIENT = " AND p.command = 'Sleep'";
    private static final String HAS_TOUCHED_DATA =
            "EXISTS (SELECT 1 FROM information_schema.innodb_trx t WHERE t.trx_mysql_thread_id = p.id)";
    private static final String HAS_BEGUN = "EXISTS (SELECT 1 FROM performance_schema.events_transactions_current e"
            + " JOIN performance_schema.threads h USING (thread_id)"
            + " WHERE h.processlist_id = p.id AND e.state = 'ACTIVE')";

    private final String inTransaction;

    MySqlSessions(boolean mariaDb) {
        // MariaDB's performance schema is off unless asked for.
        this.inTransaction = mariaDb ? HAS_TOUCHED_DATA : "(" + HAS_BEGUN + " OR " + HAS_TOUCHED_DATA + ")";
    }

    int count(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return admin.number("SELECT count(*)" + THOSE_OF_USERS + within(scope) + condition(filter));
    }

    /** How many were there to be ended. */
    int kill(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return kill(admin, admin.strings("SELECT p.id" + THOSE_OF_USERS + within(scope) + condition(filter)));
    }

    boolean kill(AdminSession admin, @Nullable String scope, long id) throws SQLException {
        return kill(admin, admin.strings("SELECT p.id" + THOSE_OF_USERS + within(scope) + " AND p.id = ?", id)) == 1;
    }

    private static int kill(AdminSession admin, List<String> ids) throws SQLException {
        int killed = 0;
        for (String id : ids) {
            try {
                admin.execute("KILL " + id);
                killed++;
            } catch (SQLException e) {
                // Its client was quicker.
                if (e.getErrorCode() != UNKNOWN_THREAD) {
                    throw e;
                }
            }
        }
        return killed;
    }

    private static String within(@Nullable String scope) {
        return scope == null ? " AND p.user <> " + literal(ServerSpec.ADMIN) : " AND p.db = " + literal(scope);
    }

    private String condition(SessionFilter filter) {
        return switch (filter) {
            case ALL -> "";
            case IDLE -> WAITS_FOR_CLIENT + " AND NOT " + inTransaction;
            case IN_TRANSACTION -> WAITS_FOR_CLIENT + " AND " + inTransaction;
        };
    }
}
