/** Credentials that may change while a pool is open, and what is demanded of TLS. */
@NullMarked
package io.github.lifebelt.security;

import org.jspecify.annotations.NullMarked;
