package io.github.lifebelt.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A borrower's wait; a borrow that is served at once has none. With a stack: who waits is the question. */
@Name("lifebelt.BorrowWait")
@Label("Borrow Wait")
@Category({"Lifebelt", "Pool"})
@Description("A borrower waited: for a connection in use, for the database, or for a connect of its own")
@Threshold("10 ms")
final class BorrowWaitEvent extends Event {
    @Label("Pool")
    @Nullable
    String pool;

    @Label("Waited For")
    @Description("connection_in_use, database or connect")
    @Nullable
    String waitedFor;

    @Label("Served")
    @Description("Whether it got what it waited for; if not, the borrow may still go on with another wait")
    boolean served;

    @Label("Failure")
    @Nullable
    String failure;
}
