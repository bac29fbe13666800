package io.github.lifebelt.apps.benchmarks.fleet;

import java.time.Duration;

/**
 * What decides how often one pool tries to connect.
 *
 * @param poolSize how many connections it wants
 * @param gone how often it looks for a server that is gone
 * @param full how often it looks while the server is at its limit
 * @param rush how long it keeps to the first pause; then each is twice as long, less up to a half by chance
 * @param shortestPause between a look that took long and the next
 * @param firstLogin how long the first login of an outage may take; each that times out doubles it
 * @param connectTimeout how long any other may
 * @param firstTrials how many connects are let in at first when a look has got through; each success admits one more
 * @param unavailable how long a borrower waits while nothing can serve
 */
public record GateConstants(
        int poolSize,
        Cadence gone,
        Cadence full,
        Duration rush,
        Duration shortestPause,
        Duration firstLogin,
        Duration connectTimeout,
        int firstTrials,
        Duration unavailable) {

    /**
     * Pauses between two looks.
     *
     * @param first during the rush
     * @param last the longest
     */
    public record Cadence(Duration first, Duration last) {}

    /** Those of Lifebelt's {@code Prober}, {@code Outages}, {@code Gate} and of its defaults. */
    public static GateConstants lifebelt() {
        return new GateConstants(
                5,
                new Cadence(Duration.ofMillis(50), Duration.ofSeconds(1)),
                new Cadence(Duration.ofMillis(250), Duration.ofSeconds(1)),
                Duration.ofSeconds(5),
                Duration.ofMillis(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                2,
                Duration.ofSeconds(5));
    }

    /** The same with the gate fully open as soon as one look has got through. */
    public GateConstants openAtOnce() {
        return new GateConstants(
                poolSize, gone, full, rush, shortestPause, firstLogin, connectTimeout, poolSize, unavailable);
    }

    /** The same with another longest pause in both cases. */
    public GateConstants lastPause(Duration last) {
        return new GateConstants(
                poolSize,
                new Cadence(gone.first(), last),
                new Cadence(full.first(), last),
                rush,
                shortestPause,
                firstLogin,
                connectTimeout,
                firstTrials,
                unavailable);
    }

    /** The same with another least pause after a login that was too slow. */
    public GateConstants shortestPause(Duration shortest) {
        return new GateConstants(
                poolSize, gone, full, rush, shortest, firstLogin, connectTimeout, firstTrials, unavailable);
    }

    /** The same with another first time-out of a login. */
    public GateConstants firstLogin(Duration first) {
        return new GateConstants(
                poolSize, gone, full, rush, shortestPause, first, connectTimeout, firstTrials, unavailable);
    }
}
