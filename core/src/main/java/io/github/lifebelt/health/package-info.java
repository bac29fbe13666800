/** What to tell those who ask whether the application's database can be used. */
@NullMarked
package io.github.lifebelt.health;

import org.jspecify.annotations.NullMarked;
