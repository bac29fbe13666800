/**
 * What to tell those who ask whether the application's database can be used: {@link
 * io.github.lifebelt.ConnectionPool#health()} gives a {@link io.github.lifebelt.health.HealthReport}.
 */
@NullMarked
package io.github.lifebelt.health;

import org.jspecify.annotations.NullMarked;
