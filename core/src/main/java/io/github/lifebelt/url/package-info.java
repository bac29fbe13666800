/** Where a database is and how to reach it, whatever format that was written in. */
@NullMarked
package io.github.lifebelt.url;

import org.jspecify.annotations.NullMarked;
