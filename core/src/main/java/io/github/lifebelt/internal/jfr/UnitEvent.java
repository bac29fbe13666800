package io.github.lifebelt.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** One call of a unit of work that took its time. */
@Name("lifebelt.Unit")
@Label("Unit of Work")
@Category({"Lifebelt", "Unit"})
@Description("A unit of work with everything: waiting for connections, all runs, the pauses between them, COMMIT")
@Threshold("20 ms")
final class UnitEvent extends Event {
    @Label("Pool")
    @Nullable
    String pool;

    @Label("Unit")
    @Nullable
    String unit;

    @Label("Outcome")
    @Description(
            "committed, rolled_back, unknown, unavailable, failed, closed (without a commit), or joined: what becomes"
                    + " of it shows with the transaction that it is a part of")
    @Nullable
    String outcome;

    @Label("Attempts")
    @Description("How often its work was run")
    int attempts;

    @Label("Failure")
    @Description("The class of what its caller got, without its words")
    @Nullable
    String failure;
}
