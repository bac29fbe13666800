/** The pool's figures for Micrometer, by {@link io.github.lifebelt.metrics.PoolMetrics}. The only package that needs it. */
@NullMarked
package io.github.lifebelt.metrics;

import org.jspecify.annotations.NullMarked;
