package io.github.lifebelt.migration;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.config.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that an application's schema has to have, by Flyway or Liquibase, whichever you bring.
 *
 * <p>All of it runs on connections of its own, past the pool's queue and gate and past a transaction pooler: Azure's port
 * 6432 becomes 5432, Neon's {@code -pooler} is left out, and where another pooler is found nothing is done until {@link
 * #directUrl(String)} names the server. So it works while the pool is exhausted, and disturbs nobody. What {@code initSql}
 * and {@code onConnect} of the pool do is for requests, and not done there.
 *
 * <p>Thread-safe, and may be used for many pools.
 */
public sealed interface Migrations permits ToolMigrations {

    /**
     * By Flyway, with its defaults: SQL files in {@code db/migration} on the class path.
     *
     * @return the migrations
     * @throws ConfigurationException if Flyway is not on the class path
     */
    static Migrations flyway() {
        return flyway(UnaryOperator.identity());
    }

    /**
     * By Flyway.
     *
     * <pre>{@code
     * Migrations.flyway(flyway -> flyway.locations("classpath:db/migration").defaultSchema("orders"))
     * }</pre>
     *
     * @param settings sets it up, each time anew, on any thread; the data source is replaced by the pool's own way
     * @return the migrations
     * @throws ConfigurationException if Flyway is not on the class path
     */
    static Migrations flyway(UnaryOperator<FluentConfiguration> settings) {
        Objects.requireNonNull(settings, "settings");
        try {
            return FlywayMigrations.of(settings);
        } catch (NoClassDefFoundError e) {
            throw Tools.missing(
                    "Flyway",
                    "org.flywaydb:flyway-core, and with it org.flywaydb:flyway-database-postgresql or"
                            + " org.flywaydb:flyway-mysql",
                    e);
        }
    }

    /**
     * By Liquibase.
     *
     * @param changeLog its path on the class path, for example {@code db/changelog.xml}
     * @return the migrations
     * @throws ConfigurationException if Liquibase is not on the class path
     */
    static Migrations liquibase(String changeLog) {
        return liquibase(ChangeLog.at(changeLog));
    }

    /**
     * By Liquibase.
     *
     * @param changeLog where it is, and how it is to be read
     * @return the migrations
     * @throws ConfigurationException if Liquibase is not on the class path
     */
    static Migrations liquibase(ChangeLog changeLog) {
        Objects.requireNonNull(changeLog, "changeLog");
        try {
            return LiquibaseMigrations.of(changeLog);
        } catch (NoClassDefFoundError e) {
            throw Tools.missing("Liquibase", "org.liquibase:liquibase-core", e);
        }
    }

    /**
     * The same migrations by another way to the same database: for a pool whose URL leads to a pooler, or for a user who
     * owns the tables.
     *
     * @param url any that {@link ConnectionPool#fromUrl(String)} takes; a user without a password in it, if it is the
     *     pool's, logs in as the pool does
     * @return migrations that go that way
     * @throws ConfigurationException if the URL is malformed
     */
    Migrations directUrl(String url);

    /**
     * How the schema stands, within 10 seconds. Nothing is created or changed by asking, not even the tool's own tables: a
     * user and a server that only read will do.
     *
     * @param pool to whose database
     * @return what is missing, in words
     * @throws MigrationException if that cannot be told
     */
    default Status status(ConnectionPool pool) {
        return check(pool, Duration.ofSeconds(10));
    }

    /**
     * The same within a limit.
     *
     * @param pool to whose database
     * @param limit after which the database is not waited for any more
     * @return what is missing, in words
     * @throws MigrationException if that cannot be told by then
     */
    Status check(ConnectionPool pool, Duration limit);

    /**
     * Applies what is unapplied. Where several processes do it at once each migration is applied by one of them, by the
     * tool's own lock, and all return when nothing is left. There is no limit on time but that of connecting.
     *
     * @param pool to whose database
     * @return the names of what was applied, in order
     * @throws MigrationException if one fails, with the tool's own words
     */
    List<String> apply(ConnectionPool pool);

    /**
     * What was applied, in order.
     *
     * @param pool to whose database
     * @return from the tool's own table; empty if there is none yet
     * @throws MigrationException if it cannot be read
     */
    List<Entry> history(ConnectionPool pool);

    /**
     * The SQL that {@link #apply} would run. By Liquibase all of it; by Flyway the pending scripts as they are written, with
     * their placeholders: a dry run is not in its free edition.
     *
     * @param pool to whose database
     * @return SQL with comments; empty if there is nothing to apply
     * @throws MigrationException if it cannot be told
     */
    String preview(ConnectionPool pool);

    /**
     * Takes back the change that was applied last. Liquibase can; Flyway's undo is not in its free edition.
     *
     * @param pool to whose database
     * @return the name of what was taken back, or null if there was nothing
     * @throws MigrationException if the tool cannot, or the change has no way back
     */
    @Nullable
    String rollBackLast(ConnectionPool pool);

    /**
     * How a schema stands. Names are the tool's own: Flyway's script without {@code .sql}, Liquibase's {@code
     * file::id::author}.
     *
     * @param unapplied what is yet to be applied, in order
     * @param failed what has failed half-way, and has to be repaired by hand
     * @param changed what was changed after it had been applied: the checksum differs
     * @param missing what was applied and is not known here
     * @param lock who holds the tool's lock and since when, and how it is released if that process is gone; or null
     */
    record Status(
            List<String> unapplied,
            List<String> failed,
            List<String> changed,
            List<String> missing,
            @Nullable String lock) {

        /**
         * Copies the lists.
         *
         * @param unapplied what is yet to be applied
         * @param failed what has failed half-way
         * @param changed what was changed afterwards
         * @param missing what is not known here
         * @param lock who holds the tool's lock, or null
         */
        public Status {
            unapplied = List.copyOf(unapplied);
            failed = List.copyOf(failed);
            changed = List.copyOf(changed);
            missing = List.copyOf(missing);
        }

        /**
         * Whether the schema has all that this application needs. What is merely not known here does not count: while a
         * newer release is rolled out, the older one is to go on serving.
         *
         * @return true if nothing is unapplied, failed or changed
         */
        public boolean ready() {
            return unapplied.isEmpty() && failed.isEmpty() && changed.isEmpty();
        }

        /**
         * All of it for people.
         *
         * @return for example {@code Found 2 unapplied migrations: V7__add_uuid, V8__index_uuid}
         */
        public String sentence() {
            List<String> parts = new ArrayList<>();
            part(parts, "unapplied", unapplied);
            part(parts, "failed", failed);
            part(parts, "changed", changed);
            part(parts, "unknown", missing);
            String found = parts.isEmpty() ? "All migrations are applied" : "Found " + String.join("; ", parts);
            return lock == null ? found : found + "; " + lock;
        }

        private static void part(List<String> parts, String adjective, List<String> names) {
            if (!names.isEmpty()) {
                parts.add(names.size() + " " + adjective + (names.size() == 1 ? " migration: " : " migrations: ")
                        + String.join(", ", names));
            }
        }

        @Override
        public String toString() {
            return sentence();
        }
    }

    /**
     * A migration that was applied.
     *
     * @param name the tool's own
     * @param description what it says of itself, or an empty text
     * @param at when it was applied
     * @param by which user of the database did it, or which program's deployment; null where the tool does not keep that
     * @param succeeded false if it failed half-way
     */
    record Entry(
            String name,
            String description,
            @Nullable Instant at,
            @Nullable String by,
            boolean succeeded) {}

    /**
     * Where Liquibase's change log is, and how it is read.
     *
     * @param path on the class path or below the directory
     * @param directory where to look first, or null for the class path alone
     * @param contexts which change sets to take, for example {@code prod}; empty for all
     * @param labels the same by label
     * @param parameters what stands for {@code ${name}} in it
     * @param lockWait how long to wait for another process's migrations before giving up
     */
    record ChangeLog(
            String path,
            @Nullable Path directory,
            String contexts,
            String labels,
            Map<String, String> parameters,
            Duration lockWait) {

        /**
         * Refuses what cannot work.
         *
         * @param path on the class path or below the directory
         * @param directory where to look first, or null
         * @param contexts which change sets to take, or empty
         * @param labels the same by label
         * @param parameters what stands for {@code ${name}}
         * @param lockWait at most a day
         */
        public ChangeLog {
            path = Limits.name("change-log", path);
            parameters = Map.copyOf(parameters);
            lockWait = Limits.between("lock-wait", lockWait, Duration.ZERO, Limits.DAY);
        }

        /**
         * A change log with all of its contexts and labels.
         *
         * @param path on the class path, for example {@code db/changelog.xml}
         * @return to be refined
         */
        public static ChangeLog at(String path) {
            return new ChangeLog(path, null, "", "", Map.of(), Duration.ofMinutes(5));
        }

        /**
         * Looks in a directory before the class path.
         *
         * @param root which the path is relative to
         * @return a copy
         */
        public ChangeLog in(Path root) {
            return new ChangeLog(path, root, contexts, labels, parameters, lockWait);
        }

        /**
         * Takes only some contexts.
         *
         * @param names as Liquibase reads them
         * @return a copy
         */
        public ChangeLog contexts(String names) {
            return new ChangeLog(path, directory, names, labels, parameters, lockWait);
        }

        /**
         * Takes only some labels.
         *
         * @param expression as Liquibase reads it
         * @return a copy
         */
        public ChangeLog labels(String expression) {
            return new ChangeLog(path, directory, contexts, expression, parameters, lockWait);
        }

        /**
         * Sets a parameter of the change log.
         *
         * @param name as it stands in {@code ${name}}
         * @param value what to put there
         * @return a copy
         */
        public ChangeLog parameter(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(parameters);
            more.put(name, value);
            return new ChangeLog(path, directory, contexts, labels, more, lockWait);
        }

        /**
         * Sets how long to wait for another process's migrations.
         *
         * @param wait 5 minutes by default, as Liquibase does
         * @return a copy
         */
        public ChangeLog lockWait(Duration wait) {
            return new ChangeLog(path, directory, contexts, labels, parameters, wait);
        }
    }

    /** What was asked of the tool could not be done. The message has the tool's own words, never a secret. */
    final class MigrationException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** The stable code. */
        private final String code;

        MigrationException(String code, String message, @Nullable Throwable cause) {
            super("[" + code + "] " + message, cause);
            this.code = code;
        }

        /**
         * The stable code under which {@code ERRORS.md} explains the error.
         *
         * @return for example {@code MIGRATION_FAILED}
         */
        public String code() {
            return code;
        }
    }
}
