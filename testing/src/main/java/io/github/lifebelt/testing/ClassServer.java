package io.github.lifebelt.testing;

import io.github.lifebelt.testing.TestDatabaseBuilder.Wish;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The server a test class has for all of its tests, with the state its database is brought back to. */
final class ClassServer implements AutoCloseable {
    // Longer than any one test ought to take, and shorter than people wait for a run that hangs.
    private static final Duration LONGEST_TEST = Duration.ofMinutes(10);

    private final ServerShelf shelf;
    private final Wish wish;
    private final TestDatabase database;
    private final Cleaning cleaning;
    private final TestScope scope;
    // Taken and given back by different callbacks, which need not run on one thread.
    private final Semaphore oneTest = new Semaphore(1);
    private boolean marked;
    private boolean broken;

    ClassServer(ServerShelf shelf, Wish wish, Cleaning cleaning) {
        this.shelf = shelf;
        this.wish = wish;
        this.database = shelf.take(wish);
        this.cleaning = cleaning;
        this.scope = new TestScope(database);
    }

    TestDatabase database() {
        return database;
    }

    /** What lives as long as the class. */
    TestScope scope() {
        return scope;
    }

    /** Waits until no other test uses the server, and gives this one a clean database. */
    TestScope beginTest() throws InterruptedException {
        if (!oneTest.tryAcquire(LONGEST_TEST.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Another test of this class has used " + database + " for more than "
                    + LONGEST_TEST.toMinutes() + " minutes");
        }
        try {
            if (cleaning != Cleaning.NONE) {
                if (marked) {
                    database.restoreClean();
                } else {
                    database.markClean(cleaning);
                    marked = true;
                }
            }
            return new TestScope(database);
        } catch (RuntimeException e) {
            broken = true;
            oneTest.release();
            throw e;
        }
    }

    /** Closes what the test had and undoes what it did. */
    void endTest(TestScope test) {
        try {
            test.close();
        } finally {
            try {
                heal();
            } finally {
                oneTest.release();
            }
        }
    }

    /** Leaves the server to the next class, unless it is of no use any more. */
    @Override
    public void close() {
        try {
            scope.close();
            heal();
            if (!broken && !database.isClosed()) {
                database.makeEmpty();
            }
        } catch (RuntimeException e) {
            broken = true;
            throw e;
        } finally {
            if (broken || database.isClosed()) {
                database.close();
            } else {
                shelf.putBack(wish, database);
            }
        }
    }

    private void heal() {
        if (!broken && !database.isClosed()) {
            try {
                database.faults().heal();
            } catch (RuntimeException e) {
                broken = true;
                throw e;
            }
        }
    }
}
