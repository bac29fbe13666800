package io.github.lifebelt.migration;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.pool.DirectConnections;
import io.github.lifebelt.internal.pool.DirectConnections.ThroughPoolerException;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What both tools share: the way to the server, its limit on time, and what failures are called. */
abstract sealed class ToolMigrations implements Migrations permits FlywayMigrations, LiquibaseMigrations {
    private static final String POOLER_CODE = "MIGRATION_THROUGH_POOLER";
    private static final String UNKNOWN_CODE = "MIGRATION_STATE_UNKNOWN";
    private static final String FAILED_CODE = "MIGRATION_FAILED";
    private static final String NOT_FREE_CODE = "MIGRATION_NOT_FREE";
    private static final String LOCKED_CODE = "MIGRATION_LOCKED";
    private static final Duration ASKING = Duration.ofSeconds(30);
    private static final int MOST_CAUSES = 20;

    private final @Nullable DatabaseUrl directUrl;

    ToolMigrations(@Nullable DatabaseUrl directUrl) {
        this.directUrl = directUrl;
    }

    /** Does something by the tool. */
    @FunctionalInterface
    interface Work<T> {
        T by(DirectConnections server) throws Exception;
    }

    abstract Migrations by(DatabaseUrl direct);

    abstract Status status(DirectConnections server) throws Exception;

    abstract List<String> apply(DirectConnections server) throws Exception;

    abstract List<Entry> history(DirectConnections server) throws Exception;

    abstract String preview(DirectConnections server) throws Exception;

    abstract Optional<String> rollBackLast(DirectConnections server) throws Exception;

    @Override
    public final Migrations directUrl(String url) {
        return by(DatabaseUrl.read(url, null).get());
    }

    @Override
    public final Status check(ConnectionPool pool, Duration limit) {
        Duration bounded = Limits.between("limit", limit, Duration.ofMillis(1), Limits.DAY);
        return with(pool, bounded, "the state of the migrations is not known", this::status);
    }

    @Override
    public final List<String> apply(ConnectionPool pool) {
        return with(pool, null, "the migrations were not all applied", this::apply);
    }

    @Override
    public final List<Entry> history(ConnectionPool pool) {
        return with(pool, ASKING, "the history of the migrations is not known", this::history);
    }

    @Override
    public final String preview(ConnectionPool pool) {
        return with(pool, ASKING, "what would be run is not known", this::preview);
    }

    @Override
    public final @Nullable String rollBackLast(ConnectionPool pool) {
        return with(pool, null, "the last migration was not rolled back", this::rollBackLast)
                .orElse(null);
    }

    private <T> T with(ConnectionPool pool, @Nullable Duration limit, String outcome, Work<T> work) {
        try (DirectConnections server = pool.unwrap(PoolEngine.class).direct(directUrl, limit)) {
            try {
                return work.by(server);
            } catch (Exception e) {
                throw told(e, outcome, server, limit);
            }
        } catch (SQLException e) {
            throw new MigrationException(UNKNOWN_CODE, outcome + ": " + e.getMessage(), e);
        }
    }

    private static RuntimeException told(
            Exception e, String outcome, DirectConnections server, @Nullable Duration limit) {
        if (e instanceof MigrationException told) {
            return told;
        }
        ThroughPoolerException pooler = causeOf(e, ThroughPoolerException.class);
        if (pooler != null) {
            String detail = String.valueOf(pooler.getMessage()).substring("[] ".length() + POOLER_CODE.length());
            return new MigrationException(POOLER_CODE, detail, pooler);
        }
        if (limit != null && server.isLate()) {
            return new MigrationException(
                    UNKNOWN_CODE,
                    outcome + ": " + server.target() + " has not answered within " + limit.toMillis() + " ms",
                    e);
        }
        return new MigrationException(limit == null ? FAILED_CODE : UNKNOWN_CODE, outcome + ": " + words(e), e);
    }

    /** The tools wrap what has happened more than once, and put the words of the cause into their own. */
    private static String words(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message.strip();
    }

    static <X extends Throwable> @Nullable X causeOf(Throwable e, Class<X> type) {
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    static MigrationException notFree(String what) {
        return new MigrationException(NOT_FREE_CODE, what, null);
    }

    static MigrationException locked(String by, @Nullable Throwable cause) {
        return new MigrationException(LOCKED_CODE, by, cause);
    }
}
