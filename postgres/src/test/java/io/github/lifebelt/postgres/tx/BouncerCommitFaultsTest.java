package io.github.lifebelt.postgres.tx;

import io.github.lifebelt.contract.CommitFaultsTest;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.ProtocolProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The same with a real PgBouncer that pools transactions between the bad network and the server. */
@Tag("packages")
class BouncerCommitFaultsTest extends CommitFaultsTest {

    /**
     * After one failed login PgBouncer refuses everybody for 15 s by default, and two restarts in a row are an outage
     * that outlasts the search for an outcome. Here the outages are to be those of the server.
     */
    private static final Map<String, String> SOON_BACK = Map.of("server_login_retry", "1");

    private final List<PgBouncer> bouncers = new ArrayList<>();

    @Override
    protected ProtocolProxy proxy() {
        PgBouncer bouncer = PgBouncer.inFrontOf(server(), SOON_BACK);
        bouncers.add(bouncer);
        return server().protocolProxy(bouncer);
    }

    @AfterEach
    void closeBouncers() {
        bouncers.forEach(PgBouncer::close);
    }
}
