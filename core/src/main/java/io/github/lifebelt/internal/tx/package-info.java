/** What units of work share within a pool: the resolver's loop, tokens, time-outs, the retry budget. */
@NullMarked
package io.github.lifebelt.internal.tx;

import org.jspecify.annotations.NullMarked;
