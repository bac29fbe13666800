/**
 * Lifebelt: a pool of connections that are checked before each lend.
 *
 * <p>Begin at {@link io.github.lifebelt.ConnectionPool}, which {@link io.github.lifebelt.PoolBuilder} sets up. Transactions are
 * in {@link io.github.lifebelt.tx}, connection strings in {@link io.github.lifebelt.url}, tokens and TLS in {@link
 * io.github.lifebelt.security}. What goes wrong comes as one of {@link io.github.lifebelt.PoolExhaustedException}, {@link
 * io.github.lifebelt.DatabaseUnavailableException} and {@link io.github.lifebelt.ConfigurationException}.
 */
@NullMarked
package io.github.lifebelt;

import org.jspecify.annotations.NullMarked;
