package io.github.lifebelt.health;

import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.health.HealthJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a pool and its database are, as of one moment. Immutable; without secrets and without values of statements, so it may
 * be shown to whoever may know the names of threads and tables.
 *
 * <p>Three questions are kept apart, since their cures differ: can the database be reached (asked on a connection of its
 * own, past the pool's queue), is the pool saturated (and by whom), and is the schema the one that the application needs.
 *
 * @param pool the pool's name
 * @param target where the database is
 * @param at when this was found out; a report is given out again for as long as the pool's health cache
 * @param status the whole in one word
 * @param live false if only a restart of the process helps: the pool was closed. A database that is down is no reason to
 *     restart its clients
 * @param ready whether requests should be sent here: the database is reached, the schema is ready, and the pool is neither
 *     stuck nor suspended. A pool that is only saturated stays ready, since all replicas are when all are busy
 * @param reasons what speaks against {@link Status#UP}, the gravest first, and notes; empty if all is well
 * @param database whether it is reached
 * @param saturation how busy the pool is
 * @param schema whether migrations are missing; null if the pool knows of none
 * @param fleet what all replicas together take of the server's connections; null before the server was reached
 */
public record HealthReport(
        String pool,
        String target,
        Instant at,
        Status status,
        boolean live,
        boolean ready,
        List<Reason> reasons,
        Database database,
        Saturation saturation,
        @Nullable Schema schema,
        @Nullable Fleet fleet) {

    /** The whole in one word. */
    public enum Status {
        /** The application can do its work. */
        UP,
        /** It can, but not all of it, or not for long: see the reasons. */
        DEGRADED,
        /** It cannot. */
        DOWN
    }

    /** What can be the matter. Each is explained in {@code ERRORS.md}. */
    public enum Code {
        /** The pool was closed. */
        POOL_CLOSED(Status.DOWN),
        /** The pool is suspended, and was not resumed yet: nothing is connected, and the database was not asked. */
        POOL_SUSPENDED(Status.DOWN),
        /** The database did not answer in time, or could not be connected to. */
        DATABASE_UNREACHABLE(Status.DOWN),
        /** Callers wait, and nobody has given a connection back for a minute. */
        POOL_STUCK(Status.DOWN),
        /** Migrations are missing, have failed or were changed; or it is not known yet. */
        SCHEMA_NOT_READY(Status.DOWN),
        /** Live connections serve, and new ones cannot be made. */
        CONNECTING_FAILS(Status.DEGRADED),
        /** The server takes no writes, and the application wants to write. */
        SERVER_READ_ONLY(Status.DEGRADED),
        /** The server's certificate expires soon. */
        TLS_CERTIFICATE_EXPIRES_SOON(Status.DEGRADED),
        /** The credentials have expired, or will before they were renewed. */
        CREDENTIALS_EXPIRE(Status.DEGRADED),
        /** Callers wait for a connection. */
        POOL_SATURATED(Status.UP),
        /** All replicas together want more connections than the server has. */
        FLEET_TOO_BIG(Status.UP),
        /** This process has several pools on the same database. */
        SEVERAL_POOLS(Status.UP);

        private final Status status;

        Code(Status status) {
            this.status = status;
        }

        /**
         * How grave it is.
         *
         * @return the best status that a report with this reason has; {@link Status#UP} for notes
         */
        public Status status() {
            return status;
        }
    }

    /**
     * Something that is the matter.
     *
     * @param code what
     * @param message in a sentence, with what to do
     */
    public record Reason(Code code, String message) {}

    /**
     * Whether the database is reached.
     *
     * @param reached whether it has answered, if only to say that it is full
     * @param state the pool's own view
     * @param took how long the answer took; null without one
     * @param lastSuccess when it has answered last; null if never
     * @param age how long that was ago when the report was made; null if never
     * @param problem what was met instead of an answer
     */
    public record Database(
            boolean reached,
            State state,
            @Nullable Duration took,
            @Nullable Instant lastSuccess,
            @Nullable Duration age,
            @Nullable String problem) {}

    /**
     * How busy the pool is.
     *
     * @param saturated whether callers have waited for a connection for a second or longer, or have in vain just now
     * @param active connections that are lent
     * @param max the most there may be
     * @param waiting callers that wait
     * @param oldestWait for how long the first of them has waited; zero if none does
     * @param holders who holds the connections, the longest first, at most twenty; empty unless the pool is saturated
     */
    public record Saturation(
            boolean saturated, int active, int max, int waiting, Duration oldestWait, List<Holder> holders) {}

    /**
     * Who holds a connection.
     *
     * @param thread the name of the thread that has borrowed or used it last
     * @param unit its unit of work, if it is in one
     * @param held for how long
     * @param session the server's name for the session, a process or thread id; 0 if unknown
     * @param statement the last statement without its values
     * @param borrowedAt where it was borrowed, innermost frame of the application first; empty if that was not remembered
     * @param now what the thread does at this moment, innermost frame first
     * @param server what the server says of the session; null if it was not asked or said nothing
     */
    public record Holder(
            String thread,
            @Nullable String unit,
            Duration held,
            long session,
            @Nullable String statement,
            List<String> borrowedAt,
            List<String> now,
            @Nullable Session server) {}

    /**
     * A session as its server sees it. Null where the server does not say.
     *
     * @param state for example {@code idle in transaction}
     * @param waitsFor what it waits for, in the server's words
     * @param transactionAge since when it has a transaction open
     * @param statementAge since when its statement runs, or since when it has ended
     * @param blockedBy sessions that hold what it waits for
     */
    public record Session(
            String state,
            @Nullable String waitsFor,
            @Nullable Duration transactionAge,
            @Nullable Duration statementAge,
            List<Long> blockedBy) {}

    /**
     * Whether the schema is the one that the application needs.
     *
     * @param ready whether nothing is missing
     * @param message what is missing, has failed or was changed, by name
     */
    public record Schema(boolean ready, String message) {}

    /**
     * What all replicas together take of the server's connections.
     *
     * @param wanted pool size times replicas and surge
     * @param available what the server has for them: {@code max_connections} less those reserved, and less what other users
     *     have now, as far as that is shown
     * @param poolSize the most connections of this pool
     * @param replicas processes with such a pool
     * @param surge further ones during a rolling deployment
     */
    public record Fleet(int wanted, int available, int poolSize, int replicas, int surge) {

        /**
         * Whether the server has enough for all of them.
         *
         * @return false if the last replicas will be refused
         */
        public boolean fits() {
            return wanted <= available;
        }
    }

    /**
     * The report for programs: the components of these records under their names, durations in milliseconds as
     * {@code ...Millis}, moments in ISO-8601, what is null left out.
     *
     * @return one JSON object
     */
    public String toJson() {
        return HealthJson.of(this);
    }
}
