/** Transfers between accounts while the database is shot at, and a ledger that says afterwards what became of each. */
@NullMarked
package io.github.lifebelt.apps.demo;

import org.jspecify.annotations.NullMarked;
