package io.github.lifebelt.guide;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.guide.Bank.Order;
import io.github.lifebelt.guide.Bank.Orders;
import io.github.lifebelt.tx.UnitOfWork;

/** A program with a DATABASE_URL. */
final class PlaceOrder {
    private static final Orders orders = new Orders();
    private static final Order order = new Order(4711, "lifebelt");

    private PlaceOrder() {}

    public static void main(String[] arguments) {
        // snippet: place-order
        try (ConnectionPool pool = ConnectionPool.fromUrl(System.getenv("DATABASE_URL"))) {
            // Commits on return; rolls back and releases on any other exit.
            long id = UnitOfWork.on(pool).named("place-order").call(tx -> orders.insert(tx.connection(), order));
        }
        // end: place-order
    }
}
