package io.github.lifebelt.internal.jfr;

import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jfr.FlightRecorder.Wait;
import io.github.lifebelt.internal.jfr.FlightRecorder.Waiting;
import io.github.lifebelt.internal.trace.UnitTrace;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Fills in events. Apart from {@link FlightRecorder}, because it cannot be loaded where the recorder is absent. */
final class Events {

    private Events() {}

    static Waiting wait(String pool, Wait what) {
        BorrowWaitEvent event = new BorrowWaitEvent();
        if (!event.isEnabled()) {
            return Waiting.UNSEEN;
        }
        event.begin();
        return failure -> {
            event.end();
            if (event.shouldCommit()) {
                event.pool = pool;
                event.waitedFor = what.word();
                event.served = failure == null;
                event.failure = failure == null ? null : words(failure);
                event.commit();
            }
        };
    }

    /** Recordings are handed on: no statement of who holds the connections. */
    private static String words(Throwable failure) {
        Throwable told = failure instanceof PoolExhaustedException full ? full.withoutHolders() : failure;
        return String.valueOf(told.getMessage());
    }

    static void closed(String pool, Physical physical, End end) {
        ConnectionClosedEvent event = new ConnectionClosedEvent();
        if (event.isEnabled()) {
            event.pool = pool;
            event.reason = end.reason().name().toLowerCase(Locale.ROOT);
            event.detail = end.words().isEmpty() ? null : end.words();
            event.sqlState = end.sqlState();
            event.age = TimeUnit.NANOSECONDS.toMillis(physical.ageNanos());
            event.sessionId = physical.sessionId();
            event.commit();
        }
    }

    static void state(String pool, State from, State to, String reason) {
        PoolStateEvent event = new PoolStateEvent();
        if (event.isEnabled()) {
            event.pool = pool;
            event.from = from.name();
            event.to = to.name();
            event.reason = reason;
            event.commit();
        }
    }

    static UnitTrace unit(String pool, String unit) {
        UnitEvent event = new UnitEvent();
        if (!event.isEnabled()) {
            return UnitTrace.NONE;
        }
        event.pool = pool;
        event.unit = unit;
        return new RecordedUnit(event);
    }
}
