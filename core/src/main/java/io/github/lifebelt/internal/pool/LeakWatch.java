package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.Physical;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds connections that are kept for long: says who and where from, and takes them away only where the application has
 * asked for it. Looks at those that are out now and then, which costs borrowers nothing; HikariCP's own detection, which is
 * not used, starts a timer at each borrow.
 *
 * <p>Runs on the housekeeping thread.
 */
final class LeakWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LeakWatch.class);
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

    private final String pool;
    private final Duration suspicious;
    private final Duration most;
    private final Holders holders;
    private final OpenUnits units;
    private final SlotRack rack;
    private final Listeners listeners;
    private final LongAdder leaks = new LongAdder();
    /** Those that were reported and are still out, with their borrower. */
    private final Map<Lease, String> told = new HashMap<>();

    LeakWatch(PoolConfig config, Holders holders, OpenUnits units, SlotRack rack, Listeners listeners) {
        this.pool = config.name();
        this.suspicious = config.leakDetection();
        this.most = config.maxHold();
        this.holders = holders;
        this.units = units;
        this.rack = rack;
        this.listeners = listeners;
    }

    boolean isWanted() {
        return !suspicious.isZero() || !most.isZero();
    }

    /** How often to look, so that nothing is found much too late. */
    Duration period() {
        Duration first = suspicious.isZero() || (!most.isZero() && most.compareTo(suspicious) < 0) ? most : suspicious;
        Duration tenth = first.dividedBy(10);
        return tenth.compareTo(LONGEST_PERIOD) < 0 ? tenth : LONGEST_PERIOD;
    }

    /** Connections that were out for longer than is right, since the pool was opened. */
    long leaks() {
        return leaks.sum();
    }

    @Override
    public void run() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.warn("{}: cannot look for connections that are kept for long", pool, e);
        }
    }

    private void look() {
        List<Borrowing> out = holders.all();
        for (Borrowing one : out) {
            if (!suspicious.isZero() && one.held().compareTo(suspicious) >= 0 && !told.containsKey(one.lease())) {
                report(one);
            }
            if (!most.isZero() && one.held().compareTo(most) >= 0) {
                takeAway(one);
            }
        }
        forgetThoseThatCameBack(out);
    }

    private void report(Borrowing one) {
        String who = units.describe(one.thread());
        told.put(one.lease(), who);
        leaks.increment();
        LOG.warn(
                "{}: [CONNECTION_LEAK] {} holds a connection for {}, longer than leak-detection {}; it is not taken"
                        + " away{}",
                pool,
                who,
                Durations.measured(one.held()),
                Durations.text(suspicious),
                details(one));
        listeners.tell(listener -> listener.leaked(who, one.held(), false));
    }

    private void takeAway(Borrowing one) {
        String who = units.describe(one.thread());
        String why = "[MAX_HOLD_EXCEEDED] this connection was taken away after " + Durations.measured(one.held())
                + ": max-hold is "
                + Durations.text(most) + ". It had been borrowed by " + who
                + "; what it had not committed is rolled back";
        if (!one.lease().takeAway(why)) {
            return;
        }
        Physical physical = one.lease().slot().physical();
        if (physical != null) {
            physical.abort(CloseReason.LEAK);
            physical.markBroken();
        }
        rack.takeAway(one.lease().proxied());
        if (told.remove(one.lease()) == null) {
            leaks.increment();
        }
        LOG.warn(
                "{}: [MAX_HOLD_EXCEEDED] a connection was taken from {} after {}; what was not committed is rolled back{}",
                pool,
                who,
                Durations.measured(one.held()),
                details(one));
        listeners.tell(listener -> listener.leaked(who, one.held(), true));
    }

    private void forgetThoseThatCameBack(List<Borrowing> out) {
        if (told.isEmpty()) {
            return;
        }
        Set<Lease> still = out.stream().map(Borrowing::lease).collect(Collectors.toSet());
        Map<Lease, String> back = new HashMap<>(told);
        back.keySet().removeAll(still);
        back.forEach((lease, who) -> {
            told.remove(lease);
            LOG.info("{}: the connection that {} had held for long came back", pool, who);
        });
    }

    private String details(Borrowing one) {
        return ":" + Holders.full(holders.describe(List.of(one), Map.of()));
    }
}
