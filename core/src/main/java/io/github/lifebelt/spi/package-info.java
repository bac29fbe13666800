/** What a dialect implements and is given. Applications do not use it. */
@NullMarked
package io.github.lifebelt.spi;

import org.jspecify.annotations.NullMarked;
