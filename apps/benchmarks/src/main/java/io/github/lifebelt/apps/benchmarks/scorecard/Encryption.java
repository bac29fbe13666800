package io.github.lifebelt.apps.benchmarks.scorecard;

/** Whether servers demand TLS or have none. */
enum Encryption {
    PLAIN,
    TLS
}
