package io.github.lifebelt.internal.pool;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.health.HealthReport.Schema;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.migration.Migrations.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the schema is ready, for those who ask often and have little time. The tools read all of their files to
 * tell, which may take seconds; so one of the callers has it found out on a thread of its own, what was found is good for a
 * while, and a schema that was ready counts as that until the contrary is known.
 */
final class SchemaWatch {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long READY_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** A deployment waits for that. */
    private static final long NOT_READY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private record Known(Schema schema, long atNanos) {
        boolean isFresh() {
            long age = System.nanoTime() - atNanos;
            return age < (schema.ready() ? READY_NANOS : NOT_READY_NANOS);
        }
    }

    private final String pool;
    private final @Nullable Migrations migrations;
    private final AtomicReference<@Nullable CompletableFuture<Schema>> running = new AtomicReference<>();
    private volatile @Nullable Known known;

    SchemaWatch(String pool, @Nullable Migrations migrations) {
        this.pool = pool;
        this.migrations = migrations;
    }

    /** What is known at the deadline at the latest; null if the pool has no migrations. */
    @Nullable
    Schema look(ConnectionPool of, long deadlineNanos) {
        Migrations wanted = migrations;
        if (wanted == null) {
            return null;
        }
        Known before = known;
        if (before != null && before.isFresh()) {
            return before.schema;
        }
        CompletableFuture<Schema> mine = new CompletableFuture<>();
        CompletableFuture<Schema> current = running.compareAndExchange(null, mine);
        if (current == null) {
            current = mine;
            new PoolThread(() -> check(wanted, of, mine), pool + ":schema").start();
        }
        return before != null && before.schema.ready() ? before.schema : await(current, deadlineNanos, before);
    }

    private void check(Migrations wanted, ConnectionPool of, CompletableFuture<Schema> mine) {
        Schema found = new Schema(false, "whether migrations are missing could not be found out; see the log");
        try {
            Status status = wanted.check(of, LIMIT);
            found = new Schema(status.ready(), status.sentence());
            known = new Known(found, System.nanoTime());
        } catch (MigrationException | ConfigurationException e) {
            // Not to have been told is no news about a schema that was ready.
            Known before = known;
            found = before != null && before.schema.ready()
                    ? before.schema
                    : new Schema(false, "whether migrations are missing is not known: " + e.getMessage());
            known = new Known(found, System.nanoTime() - (found.ready() ? READY_NANOS - NOT_READY_NANOS : 0));
        } finally {
            running.set(null);
            mine.complete(found);
        }
    }

    private static Schema await(CompletableFuture<Schema> checking, long deadlineNanos, @Nullable Known before) {
        try {
            return checking.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // It goes on, and the next one to ask finds what it has found.
        }
        return before == null ? new Schema(false, "whether migrations are missing is not known yet") : before.schema;
    }
}
