package io.github.lifebelt.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The end of a physical connection, once for each. Where it was found says nothing of why it has ended: no stack. */
@Name("lifebelt.ConnectionClosed")
@Label("Connection Closed")
@Category({"Lifebelt", "Pool"})
@Description("A physical connection has ended; the first reason that was found counts")
@StackTrace(false)
final class ConnectionClosedEvent extends Event {
    @Label("Pool")
    @Nullable
    String pool;

    @Label("Reason")
    @Description("As PoolListener.CloseReason has them, in lower case")
    @Nullable
    String reason;

    @Label("Detail")
    @Nullable
    String detail;

    @Label("SQLState")
    @Description("Of the failure that has told, if one has")
    @Nullable
    String sqlState;

    @Label("Age")
    @Timespan(Timespan.MILLISECONDS)
    long age;

    @Label("Session ID")
    @Description("The server's name for the session; 0 if it is unknown")
    long sessionId;
}
