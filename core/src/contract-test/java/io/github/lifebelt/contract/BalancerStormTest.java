package io.github.lifebelt.contract;

import io.github.lifebelt.testing.Gateway;
import io.github.lifebelt.testing.HaProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** With a real HAProxy, which has to be installed: {@code -Ppackages} runs this. */
@Tag("packages")
class BalancerStormTest extends GatewayStorm {

    private HaProxy balancer;

    @BeforeEach
    void startBalancer() {
        balancer = HaProxy.inFrontOf(server());
    }

    @AfterEach
    void closeBalancer() {
        balancer.close();
    }

    @Override
    protected Gateway gateway() {
        return balancer;
    }

    @Override
    protected void disturb() {
        balancer.endSessions();
    }
}
