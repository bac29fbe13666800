package io.github.lifebelt.internal.pool;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** HikariCP's opinion of a failure is not asked: the lease has judged already, and a slot outlives its connection. */
final class HikariNeverEvict implements SQLExceptionOverride {
    // The interface has a nested type of the annotation's name.
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        return SQLExceptionOverride.Override.DO_NOT_EVICT;
    }
}
