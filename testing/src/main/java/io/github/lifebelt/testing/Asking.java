package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.provider.Provision;
import io.github.lifebelt.testing.internal.server.AdminSession;
import java.sql.SQLException;

/** Questions and orders to a server in its own SQL, one at a time; what it has against one is told with its log. */
final class Asking {
    private final Provision provision;

    Asking(Provision provision) {
        this.provision = provision;
    }

    interface Question<T> {
        T ask(AdminSession admin) throws SQLException;
    }

    interface Order {
        void give(AdminSession admin) throws SQLException;
    }

    /** The answer, or something else if the server does not run. */
    <T> T ask(String what, Question<T> question, T otherwise) {
        return provision.server().askWhileRunning(() -> answer(what, question), otherwise);
    }

    /** Gives an order that only makes sense to a server that runs. */
    void tell(String what, Order order) {
        boolean told = ask(
                what,
                admin -> {
                    order.give(admin);
                    return true;
                },
                false);
        if (!told) {
            throw new IllegalStateException(
                    "The server on port " + provision.server().port() + " does not run, so it cannot " + what);
        }
    }

    private <T> T answer(String what, Question<T> question) {
        try {
            return question.ask(provision.admin());
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The server on port " + provision.server().port() + " could not " + what + ": " + e.getMessage()
                            + ". The end of its log:\n" + provision.server().logTail(),
                    e);
        }
    }
}
