/**
 * Lifebelt: a pool of connections that are checked before each lend.
 *
 * <p>Begin at {@link io.github.lifebelt.ConnectionPool}. Transactions are in {@link io.github.lifebelt.tx}, connection
 * strings in {@link io.github.lifebelt.url}.
 */
@NullMarked
package io.github.lifebelt;

import org.jspecify.annotations.NullMarked;
