@NullMarked
package io.github.lifebelt.internal.config;

import org.jspecify.annotations.NullMarked;
