package io.github.lifebelt.postgres;

import org.jspecify.annotations.Nullable;

/**
 * Which life of which server this is: the moment the server was started, the moment its statistics begin, and whether it
 * is a standby.
 *
 * <p>A crash of one process makes the server start all the others anew without being started itself, and throw its
 * statistics away; a promotion changes neither, but ends being a standby. Another server, or a copy of this one, was
 * started at another microsecond, and a timeline begins with a promotion or a start: a system's identifier or a timeline
 * would add nothing to these, and are not everybody's to read everywhere. An administrator who resets the statistics
 * makes it look like a crash, which errs on the safe side.
 */
final class Incarnation {

    /** Three columns for {@link #text}. All is text, so that no session's settings (time zone, date style) change it. */
    static final String COLUMNS = """
            pg_catalog.pg_is_in_recovery()::text, \
            extract(epoch from pg_catalog.pg_postmaster_start_time())::text, \
            extract(epoch from pg_catalog.pg_stat_get_bgwriter_stat_reset_time())::text""";

    /**
     * Whether a session of ours is older than the statistics. A crash would have ended it, so it was an administrator
     * who reset them. Servers before 15 begin their statistics when sessions may already be there: such a session
     * proves nothing.
     */
    static final String WITNESS = """
            (pg_catalog.current_setting('server_version_num')::int >= 150000 and exists \
            (select from pg_catalog.pg_stat_activity where backend_type = 'client backend' \
            and usename = session_user and backend_start < pg_catalog.pg_stat_get_bgwriter_stat_reset_time()))::text""";

    private static final char SEPARATOR = '/';

    /** What two texts say of the time between them. */
    enum Since {
        /** Nothing that was confirmed can have been lost. */
        SAME,
        /** Something may have been lost, or nothing; and no proof of either. */
        DOUBTFUL,
        /** The server, or the one before it, ended in between. */
        CHANGED
    }

    private Incarnation() {}

    /** Null if the user may not read one of the moments. */
    static @Nullable String text(@Nullable String standby, @Nullable String started, @Nullable String counting) {
        return started == null || counting == null
                ? null
                : started + SEPARATOR + counting + (Boolean.parseBoolean(standby) ? "/standby" : "/primary");
    }

    /**
     * Compares.
     *
     * @param before at the time of the transaction
     * @param now on the server that is asked
     * @param witness what {@link #WITNESS} says now
     */
    static Since since(@Nullable String before, @Nullable String now, boolean witness) {
        if (before == null || now == null) {
            return Since.DOUBTFUL;
        }
        if (before.equals(now)) {
            return Since.SAME;
        }
        if (!started(before).equals(started(now)) || !role(before).equals(role(now))) {
            return Since.CHANGED;
        }
        return witness ? Since.SAME : Since.DOUBTFUL;
    }

    private static String started(String text) {
        return text.substring(0, Math.max(0, text.indexOf(SEPARATOR)));
    }

    private static String role(String text) {
        return text.substring(text.lastIndexOf(SEPARATOR) + 1);
    }
}
