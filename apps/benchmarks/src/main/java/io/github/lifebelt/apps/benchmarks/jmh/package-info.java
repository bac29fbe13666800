/** The JMH benchmarks: one pool in one fork. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
