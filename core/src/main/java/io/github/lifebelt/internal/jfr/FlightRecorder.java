package io.github.lifebelt.internal.jfr;

import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.trace.UnitTrace;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one door to JDK Flight Recorder. Where its module is absent nothing of it is loaded and nothing is recorded; where
 * nobody records, an event costs the look whether somebody does.
 */
public final class FlightRecorder {

    /** What a borrower can wait for. */
    public enum Wait {
        /** For one of the pool's connections to come back. */
        CONNECTION_IN_USE,
        /** For a database that cannot be connected to. */
        DATABASE,
        /** For a connect of its own. */
        CONNECT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A wait that has begun. */
    public interface Waiting {
        /** Nobody records it. */
        Waiting UNSEEN = failure -> {};

        /**
         * It is over.
         *
         * @param failure what has ended it; null if there was none
         */
        void end(@Nullable Throwable failure);
    }

    private static final boolean THERE = isThere();

    private FlightRecorder() {}

    /** A module may be there and not be read by ours: then its classes cannot be seen either. */
    private static boolean isThere() {
        return ModuleLayer.boot()
                .findModule("jdk.jfr")
                .filter(FlightRecorder.class.getModule()::canRead)
                .isPresent();
    }

    /** A borrower begins to wait. */
    public static Waiting wait(String pool, Wait what) {
        return THERE ? Events.wait(pool, what) : Waiting.UNSEEN;
    }

    /** A physical connection has ended. */
    public static void closed(String pool, Physical physical, End end) {
        if (THERE) {
            Events.closed(pool, physical, end);
        }
    }

    /** The pool's state has changed. */
    public static void state(String pool, State from, State to, String reason) {
        if (THERE) {
            Events.state(pool, from, to, reason);
        }
    }

    /** For one call of a unit of work. */
    public static UnitTrace unit(String pool, String unit) {
        return THERE ? Events.unit(pool, unit) : UnitTrace.NONE;
    }
}
