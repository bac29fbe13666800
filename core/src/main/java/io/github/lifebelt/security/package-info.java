@NullMarked
package io.github.lifebelt.security;

import org.jspecify.annotations.NullMarked;
