/** Servers in containers, made by Testcontainers. */
@NullMarked
package io.github.lifebelt.testing.internal.container;

import org.jspecify.annotations.NullMarked;
