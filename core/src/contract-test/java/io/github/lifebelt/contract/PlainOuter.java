package io.github.lifebelt.contract;

import io.github.lifebelt.tx.Transaction.Action;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import java.sql.Connection;

/** A transaction on a connection, as it is; whoever made it ends it. */
public record PlainOuter(Connection connection) implements OuterTransaction {

    @Override
    public String name() {
        return "outer";
    }

    @Override
    public void afterCommit(Action action) {
        // Nobody waits for it.
    }

    @Override
    public void rollBackOnly(RuntimeException because) {
        // Who tests this looks at the connection.
    }
}
