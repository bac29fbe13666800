package io.github.lifebelt.apps.demo;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A run in figures, for programs: these names stay.
 *
 * @param units all that were begun and ended: committed, failed and unknown ones
 * @param committed reported as stored
 * @param failed reported as not stored
 * @param unknown reported as stored or not
 * @param lost see {@link Audit}
 * @param duplicated see {@link Audit}
 * @param kills sessions ended by the storm
 * @param restarts of the server
 * @param replaced connections that the pool found dead and dropped
 * @param retried runs of units after their first one
 * @param resolvedCommits COMMITs that were cut off, and of which the pool found out what became
 * @param p50Ms what half of the units took at most, committed or not
 * @param p99Ms what 99 of 100 units took at most
 * @param seconds from the first unit's begin to the last one's end
 */
@JsonPropertyOrder({
    "units",
    "committed",
    "failed",
    "unknown",
    "lost",
    "duplicated",
    "kills",
    "restarts",
    "replaced",
    "retried",
    "resolvedCommits",
    "p50Ms",
    "p99Ms",
    "seconds"
})
record Result(
        long units,
        long committed,
        long failed,
        long unknown,
        long lost,
        long duplicated,
        long kills,
        long restarts,
        long replaced,
        long retried,
        long resolvedCommits,
        double p50Ms,
        double p99Ms,
        double seconds) {

    double unitsPerSecond() {
        return units / seconds;
    }

    double killsPerSecond() {
        return kills / seconds;
    }

    /** One line. */
    String toJson() {
        try {
            return new ObjectMapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers cannot be written", e);
        }
    }
}
