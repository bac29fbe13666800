/** Events for JDK Flight Recorder, told only where something is slow or breaks. */
@NullMarked
package io.github.lifebelt.internal.jfr;

import org.jspecify.annotations.NullMarked;
