@NullMarked
package io.github.lifebelt.internal.pool;

import org.jspecify.annotations.NullMarked;
