/** The pool: who may borrow, what is checked, what happens when the database is gone. */
@NullMarked
package io.github.lifebelt.internal.pool;

import org.jspecify.annotations.NullMarked;
