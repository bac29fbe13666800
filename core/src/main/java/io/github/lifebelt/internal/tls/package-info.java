@NullMarked
package io.github.lifebelt.internal.tls;

import org.jspecify.annotations.NullMarked;
