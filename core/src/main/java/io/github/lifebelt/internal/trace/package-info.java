/** What the pool tells those who follow a borrow or a unit of work while it goes on. */
@NullMarked
package io.github.lifebelt.internal.trace;

import org.jspecify.annotations.NullMarked;
