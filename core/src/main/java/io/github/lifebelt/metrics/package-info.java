/** The pool's figures for Micrometer. The only package that needs it. */
@NullMarked
package io.github.lifebelt.metrics;

import org.jspecify.annotations.NullMarked;
