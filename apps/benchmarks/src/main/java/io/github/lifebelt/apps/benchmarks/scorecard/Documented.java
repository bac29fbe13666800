package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.CheckSetting;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What Lifebelt's documentation says of its checks. {@code SOCKET} sees what the peer has closed or reset, and neither a
 * silence shorter than its ping-after-idle nor a kill less than about a millisecond old; {@code ROUND_TRIP} sees all that a
 * connection can show.
 */
final class Documented {

    private static final Set<Sight> FOUND = EnumSet.of(Sight.REPLACED);
    private static final Set<Sight> NOBODY_THERE = EnumSet.of(Sight.FAILED);
    private static final Set<Sight> HOLE = EnumSet.of(Sight.HANGS, Sight.LENT_DEAD);
    private static final Set<Sight> UNTOUCHED = EnumSet.of(Sight.OK);

    private Documented() {}

    /** Whether anything is said of it: a pool without a check promises nothing, nor does any other. */
    static boolean speaksOf(CheckSetting setting) {
        return switch (setting) {
            case LIFEBELT_SOCKET, LIFEBELT_SOCKET_SOON, LIFEBELT_ROUND_TRIP -> true;
            default -> false;
        };
    }

    /** What may be seen; empty where nothing is said. */
    static Optional<Set<Sight>> of(CheckSetting setting, MatrixFault fault, Extent extent) {
        if (!speaksOf(setting)) {
            return Optional.empty();
        }
        boolean asks = idleBeforePing(setting).compareTo(fault.rest(extent)) <= 0;
        return switch (fault) {
            case KILLED, RESTARTED, FIN, RST -> Optional.of(FOUND);
            case HALF_OPEN, FORGOTTEN -> Optional.of(asks ? FOUND : HOLE);
            case BLACK_HOLE, FROZEN -> Optional.of(asks ? NOBODY_THERE : HOLE);
            case PENDING -> Optional.of(UNTOUCHED);
            // A check before a borrow is about life, not about the role.
            case READ_ONLY -> Optional.empty();
        };
    }

    /** Whether so many kills in the last moment may have gone unseen. */
    static boolean allows(CheckSetting setting, KillRace.Tally race) {
        return race.failed() == 0 && (race.lentDead() == 0 || setting != CheckSetting.LIFEBELT_ROUND_TRIP);
    }

    private static Duration idleBeforePing(CheckSetting setting) {
        return switch (setting) {
            case LIFEBELT_SOCKET -> CheckSetting.PING_AFTER_IDLE;
            case LIFEBELT_SOCKET_SOON -> CheckSetting.SOON;
            default -> Duration.ZERO;
        };
    }
}
