package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.SQLException;

/** What a lease tells the pool. */
public interface LeaseOwner {

    /** A JDBC call of the borrower has failed. */
    void failed(Lease lease, SQLException failure, Phase phase);

    /**
     * The borrower is done: clean, and give back. Called once.
     *
     * @throws IllegalStateException when that is done, if the borrower left something behind and the pool is strict
     */
    void giveBack(Lease lease);

    /** The borrower wants to know whether the connection answers. */
    boolean answers(Lease lease, int timeoutSeconds);
}
