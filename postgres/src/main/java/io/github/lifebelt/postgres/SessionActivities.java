package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.SessionActivity;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** What other sessions are doing: everything of one's own role's, and that they are there of the others'. */
final class SessionActivities {

    private static final String QUERY = """
            select pid, coalesce(state, 'not shown'), \
            case when state = 'active' then wait_event_type || ': ' || wait_event end, \
            (extract(epoch from pg_catalog.clock_timestamp() - xact_start) * 1000)::bigint, \
            (extract(epoch from pg_catalog.clock_timestamp() - \
            case when state = 'active' then query_start else state_change end) * 1000)::bigint, \
            pg_catalog.pg_blocking_pids(pid) \
            from pg_catalog.pg_stat_activity where pid in (%s)""";

    private SessionActivities() {}

    static List<SessionActivity> of(BaseConnection connection, Set<Long> sessions) throws SQLException {
        String ids = sessions.stream().map(String::valueOf).collect(Collectors.joining(","));
        List<SessionActivity> found = new ArrayList<>();
        if (!ids.isEmpty()) {
            try (ResultSet rows = connection.execSQLQuery(QUERY.formatted(ids))) {
                while (rows.next()) {
                    found.add(new SessionActivity(
                            rows.getLong(1),
                            rows.getString(2),
                            rows.getString(3),
                            millis(rows, 4),
                            millis(rows, 5),
                            blockers(rows.getArray(6))));
                }
            }
        }
        return found;
    }

    private static @Nullable Duration millis(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(Math.max(0, millis));
    }

    private static Set<Long> blockers(@Nullable Array pids) throws SQLException {
        return pids == null
                ? Set.of()
                : Arrays.stream((Integer[]) pids.getArray())
                        .map(Integer::longValue)
                        .collect(Collectors.toSet());
    }
}
