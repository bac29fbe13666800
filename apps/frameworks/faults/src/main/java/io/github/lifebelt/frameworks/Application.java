package io.github.lifebelt.frameworks;

import io.github.lifebelt.ConnectionPool;

/**
 * What an application does with its database, by way of its framework and as that framework's users write it. Called by
 * several threads at once.
 */
public interface Application extends AutoCloseable {

    /**
     * Inserts one row into the table {@code entry}, in one transaction of the framework's.
     *
     * @param text the row's only column, {@code text}, which is the primary key
     * @throws Exception as the framework tells it: the row was not stored, or nobody knows
     */
    default void store(String text) throws Exception {
        store(text, () -> {});
    }

    /**
     * The same with something more to do in the transaction.
     *
     * @param text as above
     * @param then run within the transaction once the INSERT was answered; what it throws rolls back, and reaches the
     *     caller as it is or as a cause
     * @throws Exception as above
     */
    void store(String text, Runnable then) throws Exception;

    /**
     * Counts the rows of {@code entry}.
     *
     * @return their number
     * @throws Exception as the framework tells it
     */
    long count() throws Exception;

    /**
     * The pool under the framework.
     *
     * @return the one whose connections the framework uses, so that a test can see what is lent
     */
    ConnectionPool pool();
}
