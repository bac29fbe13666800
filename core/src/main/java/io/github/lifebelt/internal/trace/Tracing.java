package io.github.lifebelt.internal.trace;

import java.sql.SQLException;

/**
 * Who follows borrows and units of work while they go on; a listener only hears how they have ended. Nothing of it throws:
 * whoever traces is no reason to fail. Thread-safe.
 */
public interface Tracing {

    /** One borrow. Ends with exactly one of these, on the thread that began it. */
    interface Borrow {
        /**
         * A connection was lent.
         *
         * @param sessionId the server's name for its session, or 0
         */
        void served(long sessionId);

        /** The borrower got this instead. */
        void failed(SQLException failure);

        /** The borrower got something that is not the database's. */
        void broken(Throwable failure);
    }

    /** A borrow begins. */
    Borrow borrow();

    /** A unit of work is about to begin. */
    UnitTrace unit(String name);
}
