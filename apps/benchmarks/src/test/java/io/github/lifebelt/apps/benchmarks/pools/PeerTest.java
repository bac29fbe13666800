package io.github.lifebelt.apps.benchmarks.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.testing.FaultProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the comparison is one: who is said to ask the server before each borrow does, and nobody else. */
class PeerTest {

    private static final int BORROWS = 50;
    private static final Servers SERVERS = new Servers();
    private static FaultProxy proxy;

    @BeforeAll
    static void start() {
        proxy = SERVERS.proxy(false);
    }

    @AfterAll
    static void stop() throws Exception {
        SERVERS.close();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsSaidToAskTheServerBeforeEachBorrowDoes(Peer peer) throws Exception {
        try (OpenPool pool = peer.open(SERVERS.endpoint(false, proxy), 1).filled(1)) {
            int asked = 0;
            for (int i = 0; i < BORROWS; i++) {
                long before = proxy.bytesToServer();
                Work.borrow(pool.dataSource());
                if (proxy.bytesToServer() > before) {
                    asked++;
                }
            }
            assertThat(asked).isEqualTo(peer.asksTheServer() ? BORROWS : 0);
        }
    }
}
