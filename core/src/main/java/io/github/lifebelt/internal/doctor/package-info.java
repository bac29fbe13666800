/** The doctor's examination, one class for each layer. */
@NullMarked
package io.github.lifebelt.internal.doctor;

import org.jspecify.annotations.NullMarked;
