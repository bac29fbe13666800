@NullMarked
package io.github.lifebelt.internal.jdbc;

import org.jspecify.annotations.NullMarked;
