package io.github.lifebelt.apps.demo;

/** What a caller was told of its unit. The ledger has to agree. */
enum Outcome {
    /** It is stored. */
    COMMITTED,
    /** Nothing of it is stored. */
    FAILED,
    /** It may be stored or not. */
    UNKNOWN
}
