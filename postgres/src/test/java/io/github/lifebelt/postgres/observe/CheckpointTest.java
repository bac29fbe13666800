package io.github.lifebelt.postgres.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.PoolTest;
import java.sql.Connection;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.junit.jupiter.api.Test;

/** The façade of CRaC drives the pool; no JVM here can take a checkpoint. */
class CheckpointTest extends PoolTest {

    // snippet: resource
    /** Takes a pool off the network while the process is being frozen. */
    record SuspendedPool(ConnectionPool pool) implements Resource {
        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
            pool.suspend(Duration.ofSeconds(10)); // throws, and so refuses the checkpoint, if work goes on for longer
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            pool.resume(); // also called where the checkpoint has failed
        }
    }
    // end: resource

    @Test
    void theContextSuspendsAndResumesThePool() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 2);
        // snippet: register
        Resource suspended = new SuspendedPool(pool); // keep it: contexts hold what is registered weakly
        Core.getGlobalContext().register(suspended);
        // end: register
        suspended.beforeCheckpoint(Core.getGlobalContext());
        Awaitility.await().until(() -> server().sessions() == 0);
        suspended.afterRestore(Core.getGlobalContext());
        fill(pool, 2);
        assertThat(pool.stats().total()).isEqualTo(2);
    }

    @Test
    void workThatGoesOnRefusesTheCheckpoint() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection held = pool.getConnection()) {
            assertThatThrownBy(() -> pool.suspend(Duration.ofMillis(50))).isInstanceOf(SQLTimeoutException.class);
            assertThat(held.isValid(1)).isTrue();
        }
    }
}
