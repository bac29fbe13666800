/** The command line that says what Lifebelt makes of a connection string. */
@NullMarked
package io.github.lifebelt.apps.doctor;

import org.jspecify.annotations.NullMarked;
