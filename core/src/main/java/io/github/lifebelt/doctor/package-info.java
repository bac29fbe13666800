/**
 * The doctor: finds the first layer between an application and its database that is broken, and says what helps. Begin at
 * {@link io.github.lifebelt.doctor.Doctor#of(String)}.
 */
@NullMarked
package io.github.lifebelt.doctor;

import org.jspecify.annotations.NullMarked;
