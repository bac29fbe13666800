/** Where servers come from, and which of the places is taken. */
@NullMarked
package io.github.lifebelt.testing.internal.provider;

import org.jspecify.annotations.NullMarked;
