@NullMarked
package io.github.lifebelt.url;

import org.jspecify.annotations.NullMarked;
