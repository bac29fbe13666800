package io.github.lifebelt.postgres.tx;

import io.github.lifebelt.contract.GatewayStorm;
import io.github.lifebelt.testing.Gateway;
import io.github.lifebelt.testing.PgBouncer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** With a real PgBouncer that pools transactions, and is killed on the way: {@code -Ppackages} runs this. */
@Tag("packages")
class BouncerStormTest extends GatewayStorm {

    private PgBouncer bouncer;

    @BeforeEach
    void startBouncer() {
        // Its 15 s after a failed login would be the longest outage of the storm.
        bouncer = PgBouncer.inFrontOf(server(), Map.of("server_login_retry", "1"));
    }

    @AfterEach
    void closeBouncer() {
        bouncer.close();
    }

    @Override
    protected Gateway gateway() {
        return bouncer;
    }

    @Override
    protected void disturb() {
        bouncer.crash();
        bouncer.start();
    }
}
