/** Settings: their names, what they may be, and the dialects that there are. */
@NullMarked
package io.github.lifebelt.internal.config;

import org.jspecify.annotations.NullMarked;
