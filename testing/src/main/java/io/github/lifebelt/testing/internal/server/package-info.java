/** A server of any family and provider: what is asked of it and done to it. */
@NullMarked
package io.github.lifebelt.testing.internal.server;

import org.jspecify.annotations.NullMarked;
