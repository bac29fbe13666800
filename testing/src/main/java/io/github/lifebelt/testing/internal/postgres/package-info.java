/** PostgreSQL: its programs, its data folder, and what is asked of it in its SQL. */
@NullMarked
package io.github.lifebelt.testing.internal.postgres;

import org.jspecify.annotations.NullMarked;
