/**
 * Where a database is and how to reach it, whatever format that was written in: {@link io.github.lifebelt.url.DatabaseUrl}
 * reads and builds it, {@link io.github.lifebelt.url.UrlReading} has all there is to say about a text.
 */
@NullMarked
package io.github.lifebelt.url;

import org.jspecify.annotations.NullMarked;
