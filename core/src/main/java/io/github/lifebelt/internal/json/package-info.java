/** JSON, written. Nothing in the library reads it. */
@NullMarked
package io.github.lifebelt.internal.json;

import org.jspecify.annotations.NullMarked;
