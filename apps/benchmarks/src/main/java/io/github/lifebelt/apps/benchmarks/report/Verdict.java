package io.github.lifebelt.apps.benchmarks.report;

/**
 * Whether a promise was kept under one set of conditions.
 *
 * @param promise what was promised
 * @param where against whom and how
 * @param measured what was seen
 * @param kept whether that is enough
 */
public record Verdict(String promise, String where, String measured, boolean kept) {

    /** As the summary has it. */
    public String word() {
        return kept ? "PASS" : "FALLS SHORT";
    }
}
