package io.github.lifebelt.apps.demo;

import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.UnitOfWork;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The application: threads that move money, each transfer one unit of work, and believe what they are told. */
final class Transfers {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

    // Think time: without it no connection is ever idle, and killing an idle one is the common case out there.
    private static final int LEAST_PAUSE_MICROS = 2_000;
    private static final int MOST_PAUSE_MICROS = 8_000;

    private final UnitOfWork unit;
    private final Ledger ledger;
    private final Claims claims;
    private final Tally tally;
    private final CountDownLatch over;

    Transfers(UnitOfWork unit, Ledger ledger, Claims claims, Tally tally, CountDownLatch over) {
        this.unit = unit;
        this.ledger = ledger;
        this.claims = claims;
        this.tally = tally;
        this.over = over;
    }

    /** One thread's work until all is over. */
    void work(int thread, SplittableRandom random) throws InterruptedException {
        long pause;
        do {
            Transfer transfer = Transfer.random(claims.next(thread), random);
            long start = System.nanoTime();
            Outcome outcome = run(transfer);
            tally.ended(outcome, Duration.ofNanos(System.nanoTime() - start));
            claims.settle(thread, outcome);
            pause = random.nextInt(LEAST_PAUSE_MICROS, MOST_PAUSE_MICROS);
        } while (!over.await(pause, TimeUnit.MICROSECONDS));
    }

    private Outcome run(Transfer transfer) {
        try {
            unit.run(tx -> ledger.apply(tx.connection(), transfer));
            return Outcome.COMMITTED;
        } catch (DatabaseException e) {
            tally.cause(e.code() + (e.sqlState() == null ? "" : " (SQLState " + e.sqlState() + ")"));
            LOG.error("unit {} was not committed", transfer.unit(), e);
            return e.effect() == DatabaseException.Effect.NONE ? Outcome.FAILED : Outcome.UNKNOWN;
        } catch (RuntimeException e) {
            // Nobody promised what such an exception says of the data.
            tally.cause(e.toString());
            LOG.error("unit {} broke off", transfer.unit(), e);
            return Outcome.UNKNOWN;
        }
    }
}
