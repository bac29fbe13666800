/** The command line of the benchmarks. */
@NullMarked
package io.github.lifebelt.apps.benchmarks;

import org.jspecify.annotations.NullMarked;
