package io.github.lifebelt.postgres.tx;

import io.github.lifebelt.contract.CommitFaultsTest;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.ProtocolProxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The same with a real PgBouncer that pools transactions between the bad network and the server. */
@Tag("packages")
class BouncerCommitFaultsTest extends CommitFaultsTest {

    private final List<PgBouncer> bouncers = new ArrayList<>();

    @Override
    protected ProtocolProxy proxy() {
        PgBouncer bouncer = PgBouncer.inFrontOf(server());
        bouncers.add(bouncer);
        return server().protocolProxy(bouncer);
    }

    @AfterEach
    void closeBouncers() {
        bouncers.forEach(PgBouncer::close);
    }
}
