/** The names of the meters, without Micrometer. */
@NullMarked
package io.github.lifebelt.internal.metrics;

import org.jspecify.annotations.NullMarked;
