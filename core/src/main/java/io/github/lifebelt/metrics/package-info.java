@NullMarked
package io.github.lifebelt.metrics;

import org.jspecify.annotations.NullMarked;
