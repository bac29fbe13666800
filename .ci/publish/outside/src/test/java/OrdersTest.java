import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.TestDatabase;
import org.junit.jupiter.api.Test;

@DatabaseTest(DatabaseProduct.POSTGRESQL)
class OrdersTest {
    @Test
    void aKilledSessionIsReplaced(TestDatabase database, Faults faults) throws Exception {
        try (Orders orders = new Orders(database.url())) {
            long first = orders.backend();
            faults.killSessions();
            assertNotEquals(first, orders.backend());
        }
    }
}
