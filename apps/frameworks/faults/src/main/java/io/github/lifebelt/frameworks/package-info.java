/** What an application on Lifebelt's pool is to hold through faults, whatever its framework. */
@NullMarked
package io.github.lifebelt.frameworks;

import org.jspecify.annotations.NullMarked;
