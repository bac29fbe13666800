/** Programs that stand between clients and servers, as far as they are installed. */
@NullMarked
package io.github.lifebelt.testing.internal.gateway;

import org.jspecify.annotations.NullMarked;
