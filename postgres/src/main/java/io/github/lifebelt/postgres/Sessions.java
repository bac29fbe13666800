package io.github.lifebelt.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.core.BaseConnection;

/** What a session has of its own, and how it gets rid of it. */
final class Sessions {

    /**
     * Each in a few words. What was set to what it was before does not count. Not to be seen are settings that no part of
     * the server has declared, as {@code set my.name} makes them. Locks of a transaction would count too, but none is
     * open.
     */
    private static final String STATE = """
            select 'setting ' || name || ' = ' || setting from pg_catalog.pg_settings \
            where source = 'session' and setting is distinct from reset_val \
            union all select 'setting role = ' || pg_catalog.current_setting('role') \
            where pg_catalog.current_setting('role') <> 'none' \
            union all select 'session authorization ' || session_user \
            where session_user <> (select usename from pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a \
            join pg_catalog.pg_user u on u.usesysid = a.usesysid) \
            union all select 'temporary ' || case relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end \
            || relname from pg_catalog.pg_class \
            where relnamespace = pg_catalog.pg_my_temp_schema() and relkind in ('r', 'p', 'v', 'S') \
            union all select 'advisory lock ' || case objsubid when 1 \
            then ((classid::bigint << 32) | objid::bigint)::text else classid::int8::bit(32)::int4 || ', ' || objid::int8::bit(32)::int4 end \
            || case mode when 'ShareLock' then ' (shared)' else '' end from pg_catalog.pg_locks \
            where locktype = 'advisory' and pid = pg_catalog.pg_backend_pid() and granted \
            union all select 'channel ' || channel from pg_catalog.pg_listening_channels() channel \
            union all select 'prepared statement ' || name from pg_catalog.pg_prepared_statements where from_sql \
            union all select 'cursor ' || name from pg_catalog.pg_cursors where is_holdable""";

    private Sessions() {}

    static Set<String> state(BaseConnection connection) throws SQLException {
        Set<String> state = new TreeSet<>();
        try (ResultSet rows = connection.execSQLQuery(STATE)) {
            while (rows.next()) {
                state.add(rows.getString(1));
            }
        }
        if (connection.isReadOnly()) {
            // The driver's own doing, where its URL says readOnlyMode=always.
            state.remove("setting default_transaction_read_only = on");
        }
        return state;
    }

    /**
     * Makes it what it was after the login. What the login itself has set is what the server goes back to; what the driver
     * has set with statements afterwards is set again.
     */
    static void reset(BaseConnection connection) throws SQLException {
        // The driver learns from the answer that its prepared statements are gone.
        connection.setFlushCacheOnDeallocate(true);
        connection.execSQLUpdate("DISCARD ALL");
        // What was heard on channels of before.
        connection.getQueryExecutor().getNotifications();
        if (connection.isReadOnly() && connection.getAutoCommit()) {
            // By readOnlyMode=always that was a setting of the session; by the others nothing is sent.
            connection.setReadOnly(false);
            connection.setReadOnly(true);
        }
    }
}
