/**
 * Credentials that may change while a pool is open ({@link io.github.lifebelt.security.CredentialsProvider}), and what is
 * demanded of TLS ({@link io.github.lifebelt.security.SslMode}).
 */
@NullMarked
package io.github.lifebelt.security;

import org.jspecify.annotations.NullMarked;
