package io.github.lifebelt.migration;

import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import liquibase.database.Database;
import liquibase.exception.LockException;
import liquibase.lockservice.DatabaseChangeLogLock;
import liquibase.lockservice.LockService;
import liquibase.lockservice.StandardLockService;
import org.jspecify.annotations.Nullable;

/**
 * Liquibase's lock: a row that stays when the process that took it is killed. Waited for here, since Liquibase's own wait
 * looks every 10 seconds and tells the console.
 */
final class LiquibaseLock implements AutoCloseable {
    private static final long PAUSE_MILLIS = 250;

    private final LockService service;

    private LiquibaseLock(LockService service) {
        this.service = service;
    }

    static LiquibaseLock acquire(LockService service, Database database, long untilNanos)
            throws LockException, InterruptedException {
        while (!service.acquireLock()) {
            if (System.nanoTime() - untilNanos >= 0) {
                String holder = holder(database);
                throw ToolMigrations.locked(
                        holder == null ? "others came first each time that Liquibase's lock was free" : holder, null);
            }
            pause();
        }
        return new LiquibaseLock(service);
    }

    private static void pause() throws InterruptedException {
        if (new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts this down");
        }
    }

    /** Who holds it, or null; reads only, and nothing where there is no such table. */
    static @Nullable String holder(Database database) throws LockException {
        StandardLockService service = new StandardLockService();
        service.setDatabase(database);
        for (DatabaseChangeLogLock lock : service.listLocks()) {
            Date granted = lock.getLockGranted();
            Instant since = granted == null ? null : granted.toInstant();
            return "Liquibase's lock is held by " + lock.getLockedBy() + (since == null ? "" : " since " + since)
                    + "; if no such process is migrating any more, release it with `liquibase release-locks`, or by UPDATE "
                    + database.getDatabaseChangeLogLockTableName() + " SET LOCKED = "
                    + (database.getShortName().equals("postgresql") ? "FALSE" : "0")
                    + ", LOCKGRANTED = NULL, LOCKEDBY = NULL WHERE ID = 1";
        }
        return null;
    }

    /** Liquibase releases it by itself, except where its command ended before it looked at the lock. */
    @Override
    public void close() throws LockException {
        if (service.hasChangeLogLock()) {
            service.releaseLock();
        }
    }
}
