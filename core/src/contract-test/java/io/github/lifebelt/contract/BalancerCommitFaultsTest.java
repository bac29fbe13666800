package io.github.lifebelt.contract;

import io.github.lifebelt.testing.HaProxy;
import io.github.lifebelt.testing.ProtocolProxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The same with a real HAProxy between the bad network and the server. */
@Tag("packages")
class BalancerCommitFaultsTest extends CommitFaultsTest {

    private final List<HaProxy> balancers = new ArrayList<>();

    @Override
    protected ProtocolProxy proxy() {
        HaProxy balancer = HaProxy.inFrontOf(server());
        balancers.add(balancer);
        return server().protocolProxy(balancer);
    }

    @AfterEach
    void closeBalancers() {
        balancers.forEach(HaProxy::close);
    }
}
