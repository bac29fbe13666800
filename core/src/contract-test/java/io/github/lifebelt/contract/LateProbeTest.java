package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.PoolAssertions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The gate closes while somebody's connect is under way, and that one gets through and opens it before the prober's login has
 * come to an end.
 */
class LateProbeTest extends PoolTest {
    private final CountDownLatch otherIsConnected = new CountDownLatch(1);
    private final CountDownLatch letOtherGo = new CountDownLatch(1);
    private final CountDownLatch probeHasEnded = new CountDownLatch(1);
    private final CountDownLatch letProberGo = new CountDownLatch(1);
    private final List<State> states = new CopyOnWriteArrayList<>();
    private FaultProxy proxy;
    private ConnectionPool pool;

    /** Holds connects at their end, before the pool makes anything of them. */
    private final class Holding implements PoolListener {
        private volatile Thread prober;

        @Override
        public void connected(Duration took) {
            if (isProber()) {
                holdProber();
            } else {
                otherIsConnected.countDown();
                pass(letOtherGo);
            }
        }

        @Override
        public void connectFailed(SQLException failure) {
            if (isProber()) {
                holdProber();
            }
        }

        @Override
        public void stateChanged(State from, State to, String reason) {
            states.add(to);
        }

        private void holdProber() {
            prober = Thread.currentThread();
            probeHasEnded.countDown();
            pass(letProberGo);
        }

        private boolean isProber() {
            return Thread.currentThread().getName().endsWith(":prober");
        }
    }

    private final Holding holding = new Holding();

    @BeforeEach
    void openThroughAProxy() {
        proxy = server().proxy();
        pool = open(ConnectionPool.builder(server().url(proxy))
                .maxSize(2)
                .failFast()
                .listener(holding));
    }

    @AfterEach
    void closeProxy() {
        letOtherGo.countDown();
        letProberGo.countDown();
        proxy.close();
    }

    /** @param look what the prober is to meet */
    private void theProberComesLast(Runnable look) throws Exception {
        Future<Boolean> other = threads.submit(() -> {
            pool.getConnection().close();
            return true;
        });
        pass(otherIsConnected);
        proxy.refuse();
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        look.run();
        pass(probeHasEnded);
        proxy.heal();
        letOtherGo.countDown();
        assertThat(other.get(30, TimeUnit.SECONDS)).isTrue();
        fill(pool, 1);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
        states.clear();
        letProberGo.countDown();
        holding.prober.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(holding.prober.isAlive()).isFalse();
    }

    @Test
    void whatTheProberHasMadeForNobodyIsClosed() throws Exception {
        theProberComesLast(proxy::heal);
        assertThat(pool.stats().connects()).isGreaterThan(pool.stats().total());
        PoolAssertions.noConnectionLeaked(pool, server());
    }

    @Test
    void aProbeThatFailedIsNoNewsWhenOthersAreServed() throws Exception {
        theProberComesLast(proxy::acceptAndStaySilent);
        assertThat(states).isEmpty();
        fill(pool, 2);
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
