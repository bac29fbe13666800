/** What a run says: rows, tables, verdicts. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.report;

import org.jspecify.annotations.NullMarked;
