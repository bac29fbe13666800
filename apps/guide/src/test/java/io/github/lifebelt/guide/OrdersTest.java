package io.github.lifebelt.guide;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.PoolAssertions;
import io.github.lifebelt.testing.StopMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

// snippet: failover
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class OrdersTest {
    @Test
    void survivesAFailover(ConnectionPool pool, Faults faults) {
        faults.stop(StopMode.FAST);
        faults.start();
        PoolAssertions.recoversWithin(pool, Duration.ofSeconds(1));
    }
}
// end: failover
