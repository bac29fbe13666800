/**
 * Real database servers for tests, and the faults to try on them: sessions killed, servers frozen, stopped or crashed,
 * networks that delay, reset or swallow. Start at {@link io.github.lifebelt.testing.TestDatabase}.
 */
@NullMarked
package io.github.lifebelt.testing;

import org.jspecify.annotations.NullMarked;
