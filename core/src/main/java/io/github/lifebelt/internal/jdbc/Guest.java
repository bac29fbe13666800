package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.SQLException;

/** Passes on what a guest meets, and leaves the connection where it is. */
record Guest(Lease outer) implements LeaseOwner {
    @Override
    public void failed(Lease lease, SQLException failure, Phase phase) {
        outer.failed(failure, phase);
    }

    @Override
    public void giveBack(Lease lease) {
        // It is the outer one's.
    }

    @Override
    public boolean answers(Lease lease, int timeoutSeconds) {
        return outer.owner.answers(outer, timeoutSeconds);
    }
}
