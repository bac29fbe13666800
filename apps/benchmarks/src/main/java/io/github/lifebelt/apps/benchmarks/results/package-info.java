/** What was measured, as RESULTS.md shows it: tables and plots, made of the rows that runs have written. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.results;

import org.jspecify.annotations.NullMarked;
