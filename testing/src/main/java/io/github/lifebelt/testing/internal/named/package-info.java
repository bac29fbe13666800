/** Servers that run already and belong to somebody else. */
@NullMarked
package io.github.lifebelt.testing.internal.named;

import org.jspecify.annotations.NullMarked;
