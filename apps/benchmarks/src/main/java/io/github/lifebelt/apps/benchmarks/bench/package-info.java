/** The measurements of {@code bench}: paired rounds in one process, and JMH beside them. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.bench;

import org.jspecify.annotations.NullMarked;
