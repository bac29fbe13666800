package io.github.lifebelt.testing;

import java.time.Duration;

/**
 * What became of borrows.
 *
 * @param succeeded borrows that gave a connection
 * @param failed borrows that threw
 * @param longest the longest of both kinds
 */
public record Borrows(long succeeded, long failed, Duration longest) {}
