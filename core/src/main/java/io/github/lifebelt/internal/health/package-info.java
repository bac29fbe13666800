/** How health is found out and told. */
@NullMarked
package io.github.lifebelt.internal.health;

import org.jspecify.annotations.NullMarked;
