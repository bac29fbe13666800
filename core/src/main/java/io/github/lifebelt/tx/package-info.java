@NullMarked
package io.github.lifebelt.tx;

import org.jspecify.annotations.NullMarked;
