/** Where credentials come from, and how a pool always has some that are valid. */
@NullMarked
package io.github.lifebelt.internal.credentials;

import org.jspecify.annotations.NullMarked;
