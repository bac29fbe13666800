@NullMarked
package io.github.lifebelt.spi;

import org.jspecify.annotations.NullMarked;
