/** What the operating system is asked for: processes, folders, ports, and their end. */
@NullMarked
package io.github.lifebelt.testing.internal.system;

import org.jspecify.annotations.NullMarked;
