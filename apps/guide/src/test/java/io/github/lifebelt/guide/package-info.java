/** The code that the documents show, run against real servers. */
@NullMarked
package io.github.lifebelt.guide;

import org.jspecify.annotations.NullMarked;
