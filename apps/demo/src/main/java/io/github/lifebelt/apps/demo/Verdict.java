package io.github.lifebelt.apps.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run was to show and did not.
 *
 * @param shortcomings one sentence each; none if all is well
 */
record Verdict(List<String> shortcomings) {
    private static final int LEAST_KILLS_PER_SECOND = 4;
    private static final int LEAST_UNITS_PER_SECOND = 100;

    /** {@code stormDemanded}: whether the run has to have been a storm and busy, else it proves little. */
    static Verdict of(Result result, boolean stormDemanded) {
        List<String> found = new ArrayList<>();
        none(found, result.failed(), "failed units");
        none(found, result.unknown(), "units of unknown outcome");
        none(found, result.lost(), "lost units");
        none(found, result.duplicated(), "duplicated units");
        if (stormDemanded) {
            atLeast(found, result.killsPerSecond(), LEAST_KILLS_PER_SECOND, "sessions ended a second");
            atLeast(found, (double) result.restarts(), 1, "restarts of the server");
            atLeast(found, (double) result.replaced(), 1, "connections replaced");
            atLeast(found, result.unitsPerSecond(), LEAST_UNITS_PER_SECOND, "units a second");
        }
        return new Verdict(List.copyOf(found));
    }

    boolean isGood() {
        return shortcomings.isEmpty();
    }

    private static void none(List<String> found, long count, String what) {
        if (count != 0) {
            found.add(what + ": " + count + ", none is allowed");
        }
    }

    private static void atLeast(List<String> found, double value, int least, String what) {
        if (value < least) {
            found.add(String.format(Locale.ROOT, "%s: %.1f, at least %d are demanded", what, value, least));
        }
    }
}
