/** Units of work: begin at {@link io.github.lifebelt.tx.UnitOfWork}. */
@NullMarked
package io.github.lifebelt.tx;

import org.jspecify.annotations.NullMarked;
