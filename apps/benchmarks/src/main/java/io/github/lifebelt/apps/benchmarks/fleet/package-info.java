/** A model of many replicas that lose one database: nothing is connected, everything is computed. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
