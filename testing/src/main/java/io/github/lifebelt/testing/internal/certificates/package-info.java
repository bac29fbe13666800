/** Making certificates with the JDK's own tool. */
@NullMarked
package io.github.lifebelt.testing.internal.certificates;

import org.jspecify.annotations.NullMarked;
