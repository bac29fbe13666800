/**
 * Units of work: begin at {@link io.github.lifebelt.tx.UnitOfWork}.
 *
 * <p>A unit is a transaction that commits on return and rolls back on any other exit. {@link io.github.lifebelt.tx.RetryPolicy}
 * says what may be run again; the subclasses of {@link io.github.lifebelt.tx.DatabaseException} say what is stored when a unit
 * fails.
 */
@NullMarked
package io.github.lifebelt.tx;

import org.jspecify.annotations.NullMarked;
