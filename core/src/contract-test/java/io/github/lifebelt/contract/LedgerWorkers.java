package io.github.lifebelt.contract;

import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.tx.UnitOfWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Threads that run one unit after another, each of which writes itself into a ledger, and keep what units have failed with. */
public final class LedgerWorkers implements AutoCloseable {
    private static final Duration LAST_UNITS = Duration.ofSeconds(60);

    private final AtomicBoolean over = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Future<?>> workers = new ArrayList<>();

    /** They begin at once. */
    public LedgerWorkers(ExecutorService threads, int number, UnitOfWork unit, Ledger ledger) {
        for (int i = 0; i < number; i++) {
            workers.add(threads.submit(() -> work(unit, ledger)));
        }
    }

    private void work(UnitOfWork unit, Ledger ledger) {
        while (!over.get()) {
            ledger.attempt(number -> {
                try {
                    unit.run(tx -> ledger.write(tx.connection(), number));
                } catch (RuntimeException e) {
                    failures.add(e);
                    throw e;
                }
            });
        }
    }

    /** Lets each end the unit that it is at. Gives what units have failed with. */
    public Collection<Throwable> finish() throws Exception {
        close();
        for (Future<?> worker : workers) {
            worker.get(LAST_UNITS.toSeconds(), TimeUnit.SECONDS);
        }
        return failures;
    }

    /** Has them end with the unit that each is at, and does not wait: for a test that has failed. */
    @Override
    public void close() {
        over.set(true);
    }
}
