package io.github.lifebelt.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A change of the pool's state. */
@Name("lifebelt.PoolState")
@Label("Pool State")
@Category({"Lifebelt", "Pool"})
@Description("The pool's state has changed: UP, SUSPECT, DOWN, RECOVERING or DEGRADED")
@StackTrace(false)
final class PoolStateEvent extends Event {
    @Label("Pool")
    @Nullable
    String pool;

    @Label("From")
    @Nullable
    String from;

    @Label("To")
    @Nullable
    String to;

    @Label("Reason")
    @Nullable
    String reason;
}
