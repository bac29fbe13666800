package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of ordinary users, found and ended one by one. */
final class MySqlSessions {
    private static final Logger LOG = LoggerFactory.getLogger(MySqlSessions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration ANSWERED = Duration.ofMillis(250);
    private static final Duration END = Duration.ofSeconds(10);
    private static final int UNKNOWN_THREAD = 1094;
    // One that logs in is not a user's yet.
    private static final String LIST = "information_schema.processlist";
    // MySQL's second list is made without a lock, and does not know who was told to end.
    private static final String LIST_WITHOUT_LOCK = "performance_schema.processlist";
    private static final int LIST_MILLIS = 5_000;
    private static final String THOSE_OF_USERS = "SELECT p.id, p.command FROM %s p"
            + " WHERE p.id <> connection_id() AND p.command NOT IN ('Daemon', 'Connect', 'Binlog Dump')"
            + " AND p.user NOT IN ('event_scheduler', 'system user', 'unauthenticated user')";
    private static final String KNOWS_TRANSACTIONS = "SELECT i.name FROM performance_schema.setup_consumers c,"
            + " performance_schema.setup_instruments i"
            + " WHERE c.name = 'events_transactions_current' AND c.enabled = 'YES'"
            + " AND i.name = 'transaction' AND i.enabled = 'YES'";
    private static final String THOSE_IN_TRANSACTION = "SELECT h.processlist_id"
            + " FROM performance_schema.events_transactions_current e JOIN performance_schema.threads h"
            + " USING (thread_id) WHERE e.state = 'ACTIVE' AND h.processlist_id IS NOT NULL";
    private static final Pattern ACTIVE = Pattern.compile(
            "---TRANSACTION [^,\\n]+, ACTIVE((?!---TRANSACTION).)*?M\\w+ thread id (\\d+)", Pattern.DOTALL);

    private record Session(String id, String command) {
        /** Stays in the list until what it did is undone. */
        boolean isEnding() {
            return command.equals("Killed");
        }

        boolean waitsForClient() {
            return command.equals("Sleep");
        }

        boolean isAtWork() {
            return !waitsForClient() && !isEnding();
        }
    }

    int count(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return find(admin, scope, filter).size();
    }

    /** How many were told to end. */
    int kill(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return kill(admin, notEnding(find(admin, scope, filter)));
    }

    boolean kill(AdminSession admin, @Nullable String scope, long id) throws SQLException {
        List<Session> found = notEnding(all(admin, scope));
        found.removeIf(session -> !session.id().equals(Long.toString(id)));
        return kill(admin, found) == 1;
    }

    /** Ends all sessions in the database, and waits until what they did is undone. */
    void endAll(AdminSession admin, String database) throws SQLException {
        kill(admin, database, SessionFilter.ALL);
        if (!AdminSession.await(END, () -> all(admin, database).isEmpty())) {
            throw new SQLException("Sessions did not end within " + END.toSeconds() + " s after being told to");
        }
    }

    /**
     * Waits until no session uses or holds anything in the database, and ends those that still do after a while: a
     * transaction that nobody ends would be in the way for good.
     */
    void endWork(AdminSession admin, String database) throws SQLException {
        if (AdminSession.await(PATIENCE, () -> working(admin, database).isEmpty())) {
            return;
        }
        int ended = kill(admin, notEnding(working(admin, database)));
        LOG.debug("Ended {} sessions that were at work or in a transaction", ended);
        if (!AdminSession.await(END, () -> working(admin, database).isEmpty())) {
            throw new SQLException("Sessions did not end within " + END.toSeconds() + " s after being told to");
        }
    }

    private static List<Session> working(AdminSession admin, String database) throws SQLException {
        List<Session> found = all(admin, database);
        if (found.isEmpty()) {
            return found;
        }
        Set<String> inTransaction = inTransaction(admin);
        found.removeIf(session -> session.waitsForClient() && !inTransaction.contains(session.id()));
        return found;
    }

    private static List<Session> find(AdminSession admin, @Nullable String scope, SessionFilter filter)
            throws SQLException {
        if (filter == SessionFilter.ALL) {
            return all(admin, scope);
        }
        List<Session> found = settled(admin, scope);
        if (!found.isEmpty()) {
            Set<String> inTransaction = inTransaction(admin);
            found.removeIf(session -> !session.waitsForClient()
                    || inTransaction.contains(session.id()) != (filter == SessionFilter.IN_TRANSACTION));
        }
        return found;
    }

    /**
     * The server answers first and notes afterwards that the session waits for its client, so that one that has
     * answered can still be listed as at work: only one that stays so is.
     */
    private static List<Session> settled(AdminSession admin, @Nullable String scope) throws SQLException {
        List<Session> latest = new ArrayList<>();
        AdminSession.await(ANSWERED, () -> {
            latest.clear();
            latest.addAll(all(admin, scope));
            return latest.stream().noneMatch(Session::isAtWork);
        });
        return latest;
    }

    private static List<Session> notEnding(List<Session> sessions) {
        sessions.removeIf(Session::isEnding);
        return sessions;
    }

    private static List<Session> all(AdminSession admin, @Nullable String scope) throws SQLException {
        String within = scope == null ? " AND p.user <> " + literal(ServerSpec.ADMIN) : " AND p.db = " + literal(scope);
        try {
            return listed(admin, LIST, within);
        } catch (SQLException stuck) {
            // Seen with MySQL 8.0.31 over TLS: a session that is just ending kept the list locked for 40 s.
            try {
                return listed(admin, LIST_WITHOUT_LOCK, within);
            } catch (SQLException e) {
                stuck.addSuppressed(e);
                throw stuck;
            }
        }
    }

    private static List<Session> listed(AdminSession admin, String list, String within) throws SQLException {
        Connection session = admin.live();
        int before = session.getNetworkTimeout();
        session.setNetworkTimeout(Runnable::run, LIST_MILLIS);
        List<Session> found = new Sql(session)
                .rows(row -> new Session(row.getString(1), row.getString(2)), THOSE_OF_USERS.formatted(list) + within);
        session.setNetworkTimeout(Runnable::run, before);
        return found;
    }

    /**
     * By the performance schema, which also knows of those that have done nothing yet. Where it is off, as MariaDB's is
     * by default, by the monitor of the storage engine: its table innodb_trx can be out of date for as long as it is
     * asked more than ten times a second.
     */
    private static Set<String> inTransaction(AdminSession admin) throws SQLException {
        if (!admin.strings(KNOWS_TRANSACTIONS).isEmpty()) {
            return new HashSet<>(admin.strings(THOSE_IN_TRANSACTION));
        }
        Set<String> ids = new HashSet<>();
        for (String status : new Sql(admin.live()).rows(row -> row.getString("Status"), "SHOW ENGINE INNODB STATUS")) {
            Matcher active = ACTIVE.matcher(status);
            while (active.find()) {
                ids.add(active.group(2));
            }
        }
        return ids;
    }

    private static int kill(AdminSession admin, List<Session> sessions) throws SQLException {
        int killed = 0;
        for (Session session : sessions) {
            try {
                admin.execute("KILL " + session.id());
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
}
