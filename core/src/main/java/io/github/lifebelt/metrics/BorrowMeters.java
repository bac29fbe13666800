package io.github.lifebelt.metrics;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.internal.credentials.CredentialsUnavailableException;
import io.github.lifebelt.internal.jdbc.Elapsed;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.internal.pool.PoolFigures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How long borrowers waited, and what for. Those that are served count for themselves, in the slots. */
final class BorrowMeters implements PoolListener {

    /** How a borrow ends that is not served. */
    private enum Failure {
        EXHAUSTED,
        DEADLOCK,
        SUSPENDED,
        UNAVAILABLE,
        CREDENTIALS,
        REFUSED,
        INTERRUPTED,
        CLOSED,
        FAILED;

        static Failure of(SQLException failure) {
            if (failure instanceof PoolExhaustedException full) {
                return switch (full.code()) {
                    case PoolExhaustedException.DEADLOCK_CODE -> DEADLOCK;
                    case PoolExhaustedException.SUSPENDED_CODE -> SUSPENDED;
                    default -> EXHAUSTED;
                };
            }
            if (failure instanceof DatabaseUnavailableException) {
                return failure.getCause() instanceof CredentialsUnavailableException ? CREDENTIALS : UNAVAILABLE;
            }
            if (hasCode(failure, "CONNECT_REFUSED")) {
                return REFUSED;
            }
            if (hasCode(failure, "BORROW_INTERRUPTED")) {
                return INTERRUPTED;
            }
            return hasCode(failure, "POOL_CLOSED") ? CLOSED : FAILED;
        }

        private static boolean hasCode(SQLException failure, String code) {
            return String.valueOf(failure.getMessage()).startsWith("[" + code + "]");
        }
    }

    /** The same in a word. */
    static String outcome(SQLException failure) {
        return word(Failure.of(failure));
    }

    private static String word(Failure failure) {
        return failure.name().toLowerCase(Locale.ROOT);
    }

    /** Of several threads. */
    private static final class Shared {
        private final Elapsed elapsed = new Elapsed();

        synchronized void add(Duration took) {
            elapsed.add(System.nanoTime(), took.toNanos());
        }

        synchronized Elapsed copy() {
            Elapsed copy = new Elapsed();
            copy.addAll(elapsed, System.nanoTime());
            return copy;
        }
    }

    private final Map<Failure, Shared> failed = new EnumMap<>(Failure.class);

    BorrowMeters() {
        for (Failure failure : Failure.values()) {
            failed.put(failure, new Shared());
        }
    }

    void register(Registrar registrar, PoolFigures figures) {
        waits(registrar, figures, MeterNames.WAIT_TIME, MeterNames.WAIT_TIME_MAX, Outcomes.KEY, Outcomes.OK);
        uses(registrar, figures, MeterNames.USE_TIME, MeterNames.USE_TIME_MAX);
        failed.forEach((failure, times) -> registrar.timer(
                MeterNames.WAIT_TIME, MeterNames.WAIT_TIME_MAX, times, Shared::copy, Outcomes.KEY, word(failure)));
    }

    static void registerHikaris(Registrar registrar, PoolFigures figures) {
        waits(registrar, figures, MeterNames.HIKARI_ACQUIRE, MeterNames.HIKARI_ACQUIRE_MAX);
        uses(registrar, figures, MeterNames.HIKARI_USAGE, MeterNames.HIKARI_USAGE_MAX);
    }

    private static void waits(
            Registrar registrar, PoolFigures figures, MeterNames name, MeterNames max, String... tags) {
        registrar.timer(name, max, figures, from -> from.tally().waits(), tags);
    }

    private static void uses(Registrar registrar, PoolFigures figures, MeterNames name, MeterNames max) {
        registrar.timer(name, max, figures, from -> from.tally().uses());
    }

    @Override
    public void borrowFailed(Duration took, SQLException failure) {
        Shared times = failed.get(Failure.of(failure));
        if (times != null) {
            times.add(took);
        }
    }
}
