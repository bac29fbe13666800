package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Connecting and lending fail apart: who can be served by a live connection is, whatever keeps new ones away. */
class GateTest extends PoolTest {

    private static final int SMALLEST = 10;

    private final AtomicReference<String> secret = new AtomicReference<>();
    private final AtomicInteger connectFailures = new AtomicInteger();
    private final List<State> states = new CopyOnWriteArrayList<>();

    private final PoolListener counting = new PoolListener() {
        @Override
        public void connectFailed(SQLException failure) {
            connectFailures.incrementAndGet();
        }

        @Override
        public void stateChanged(State from, State to, String reason) {
            states.add(to);
        }
    };

    private ConnectionPool withSecret(int maxSize) {
        secret.set(server().password());
        return open(builder().maxSize(maxSize).failFast().listener(counting).credentials(this::wanted));
    }

    /** Its borrowers wait for longer than a server takes to start on a busy machine. */
    private PoolBuilder patient() {
        return builder().borrowTimeout(Duration.ofSeconds(20)).unavailableTimeout(Duration.ofSeconds(20));
    }

    /** A wrong secret is another user's: for the same one the pool would try what the server took before. */
    private Credentials wanted() {
        return Credentials.of(secret.get().equals(server().password()) ? server().user() : "nobody", secret.get());
    }

    @Test
    void aServerAtItsLimitKeepsNobodyFromTheConnectionsThatLive() throws Exception {
        try (TestDatabase small = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .maxConnections(SMALLEST)
                .start()) {
            ConnectionPool pool = open(
                    ConnectionPool.builder(small.url()).maxSize(5).failFast().listener(counting));
            fill(pool, 2);
            List<Connection> others = takeAllThatAreLeft(small);
            try (Connection one = pool.getConnection()) {
                Connection two = pool.getConnection();
                Future<String> third = threads.submit(() -> {
                    try (Connection connection = pool.getConnection()) {
                        return query(connection, "select 'served'");
                    }
                });
                await().until(() -> pool.stats().state() == State.DEGRADED);
                assertThat(query(one, "select 1")).isEqualTo("1");
                assertThat(third).isNotDone();
                two.close();
                assertThat(third.get(5, TimeUnit.SECONDS)).isEqualTo("served");
            }
            assertThat(pool.stats().connects()).isEqualTo(2);
            for (Connection other : others) {
                other.close();
            }
            await().until(() -> pool.stats().state() == State.UP);
            await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
        }
    }

    private static List<Connection> takeAllThatAreLeft(TestDatabase server) {
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i <= SMALLEST; i++) {
            try {
                taken.add(Servers.bare(server));
            } catch (SQLException full) {
                return taken;
            }
        }
        throw new AssertionError("the server takes more connections than it was told to");
    }

    @Test
    void aServerAtItsLimitSaysSoToWhomNothingCanServe() throws Exception {
        try (TestDatabase small = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .maxConnections(SMALLEST)
                .start()) {
            List<Connection> others = takeAllThatAreLeft(small);
            ConnectionPool pool = open(ConnectionPool.builder(small.url()).unavailableTimeout(Duration.ofSeconds(20)));
            assertThatThrownBy(() ->
                            open(ConnectionPool.builder(small.url()).failFast()).getConnection())
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("takes no more connections since")
                    .hasMessageContaining("the server has no connection left to give");
            Future<String> waiter = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return query(connection, "select 'served'");
                }
            });
            await().until(() -> pool.stats().state() == State.DOWN);
            for (Connection other : others) {
                other.close();
            }
            assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo("served");
        }
    }

    @Test
    void aRejectedLoginKeepsNobodyFromTheConnectionsThatLive() throws Exception {
        ConnectionPool pool = withSecret(3);
        fill(pool, 2);
        secret.set("out of date");
        try (Connection one = pool.getConnection()) {
            Connection two = pool.getConnection();
            Future<Boolean> third = threads.submit(() -> {
                pool.getConnection().close();
                return true;
            });
            await().until(() -> pool.stats().state() == State.DEGRADED);
            assertThat(query(one, "select 1")).isEqualTo("1");
            two.close();
            assertThat(third.get(5, TimeUnit.SECONDS)).isTrue();
        }
        // Whoever comes later does not try again: accounts are locked for that.
        for (int i = 0; i < 20; i++) {
            pool.getConnection().close();
        }
        assertThat(connectFailures.get()).isEqualTo(1);
        secret.set(server().password());
        await().until(() -> pool.stats().state() == State.UP);
        fill(pool, 3);
    }

    @Test
    void aRejectedLoginIsSaidToAllAndTriedByOne() throws Exception {
        ConnectionPool pool = withSecret(5);
        secret.set("never right");
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageContaining("[CONNECT_REFUSED]")
                    .hasMessageContaining(Sql.WRONG_PASSWORD)
                    .hasMessageNotContaining("never right");
            assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(1)));
        }
        assertThat(pool.stats().state()).isEqualTo(State.DOWN);
        assertThat(connectFailures.get()).isEqualTo(1);
        secret.set(server().password());
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
        assertThat(connectFailures.get()).isEqualTo(1);
    }

    @Test
    void credentialsThatWereRotatedAMomentAgoAreFetchedOnceMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        // The first answer is the old one.
        ConnectionPool pool = open(builder()
                .failFast()
                .listener(counting)
                .credentials(() -> Credentials.of(
                        server().user(), asked.getAndIncrement() == 0 ? "the old one" : server().password())));
        pool.getConnection().close();
        assertThat(asked.get()).isEqualTo(2);
        assertThat(connectFailures.get()).isEqualTo(1);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
    }

    @Test
    void theStatesOfAnOutageAreToldInTheirOrder() throws Exception {
        ConnectionPool pool = open(patient().maxSize(2).listener(counting));
        fill(pool, 2);
        server().faults().stop(StopMode.FAST);
        Future<Boolean> waiter = threads.submit(() -> {
            pool.getConnection().close();
            return true;
        });
        await().until(() -> pool.stats().state() == State.DOWN);
        server().faults().start();
        assertThat(waiter.get(30, TimeUnit.SECONDS)).isTrue();
        await().until(() -> pool.stats().state() == State.UP);
        await().untilAsserted(() -> assertThat(states).containsSubsequence(State.DOWN, State.RECOVERING, State.UP));
    }

    @Test
    void noMoreWaitForADatabaseThatIsDownThanMay() throws Exception {
        ConnectionPool pool = open(patient().unavailableWaiters(3));
        server().faults().stop(StopMode.FAST);
        List<Future<Throwable>> borrowers = together(
                10,
                () -> catchThrowable(() -> {
                    try (Connection connection = pool.getConnection()) {
                        query(connection, "select 1");
                    }
                }));
        await().until(() -> borrowers.stream().filter(Future::isDone).count() == 7);
        server().faults().start();
        int turnedAway = 0;
        for (Future<Throwable> borrower : borrowers) {
            Throwable failure = borrower.get(30, TimeUnit.SECONDS);
            if (failure != null) {
                turnedAway++;
                assertThat(failure)
                        .isInstanceOf(DatabaseUnavailableException.class)
                        .hasMessageContaining("3 others wait already");
            }
        }
        assertThat(turnedAway).isEqualTo(7);
    }

    @Test
    void theFailureSaysSinceWhenHowOldItIsAndWhatComesNext() throws Exception {
        ConnectionPool pool = open(builder().failFast());
        server().faults().stop(StopMode.FAST);
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        await().untilAsserted(() -> assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(DatabaseUnavailableException.class, e -> {
                    assertThat(e.causeAt()).isAfterOrEqualTo(e.since());
                    assertThat(e.nextProbe()).isNotNull();
                    assertThat(Duration.between(e.since(), e.nextProbe())).isLessThan(Duration.ofSeconds(30));
                })
                .hasMessageContaining("nobody answers there"));
    }
}
