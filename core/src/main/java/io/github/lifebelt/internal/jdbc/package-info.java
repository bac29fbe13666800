/** What a borrower holds (the lease and its statements), what HikariCP holds (the slot), and what both are about. */
@NullMarked
package io.github.lifebelt.internal.jdbc;

import org.jspecify.annotations.NullMarked;
