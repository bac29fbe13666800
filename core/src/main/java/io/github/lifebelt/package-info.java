@NullMarked
package io.github.lifebelt;

import org.jspecify.annotations.NullMarked;
