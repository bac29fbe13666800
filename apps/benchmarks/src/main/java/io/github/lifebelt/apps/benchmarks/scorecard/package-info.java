/** Reliability, pools side by side: what comes of borrows while the database dies, hangs and comes back. */
@NullMarked
package io.github.lifebelt.apps.benchmarks.scorecard;

import org.jspecify.annotations.NullMarked;
