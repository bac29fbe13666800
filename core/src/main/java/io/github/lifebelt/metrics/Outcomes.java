package io.github.lifebelt.metrics;

/** The tag that meters and observations share, whatever its value is of. */
final class Outcomes {
    static final String KEY = "outcome";
    /** Of a borrow that was served. */
    static final String OK = "ok";

    private Outcomes() {}
}
