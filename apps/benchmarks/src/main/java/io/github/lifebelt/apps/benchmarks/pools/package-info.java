/** The servers that are measured against and the pools that are compared. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.pools;

import org.jspecify.annotations.NullMarked;
