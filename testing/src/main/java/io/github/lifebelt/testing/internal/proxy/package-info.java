/** A proxied connection: what delays, swallows and aims. */
@NullMarked
package io.github.lifebelt.testing.internal.proxy;

import org.jspecify.annotations.NullMarked;
