/** The doctor: finds the first layer between an application and its database that is broken, and says what helps. */
@NullMarked
package io.github.lifebelt.doctor;

import org.jspecify.annotations.NullMarked;
