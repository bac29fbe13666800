package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passwords that are changed and tokens that expire, while logins happen all the time. */
class RotationTest extends PoolTest {

    private static final Logger LOG = LoggerFactory.getLogger(RotationTest.class);
    private static final int THREADS = 8;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);
    private static final long SEED = 20_261_121;

    private final Random random = new Random(SEED);
    private final Queue<SQLException> failedBorrows = new ConcurrentLinkedQueue<>();
    private final AtomicLong borrows = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private TestDatabase rotated;

    @BeforeEach
    void startAServerOfItsOwn() {
        rotated = TestDatabase.of(Servers.PRODUCT).tls(tls).maxConnections(100).start();
    }

    @AfterEach
    void stopIt() {
        rotated.close();
    }

    private ConnectionPool open(CredentialsProvider provider) {
        return open(ConnectionPool.builder(rotated.url()).maxSize(THREADS).credentials(provider));
    }

    /** Borrowers and logins until the end, and the rotation on this thread. */
    private void underLoad(ConnectionPool pool, Runnable rotation) throws Exception {
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            workers.add(threads.submit(() -> work(pool)));
        }
        // Each connection is replaced when it comes back: logins all the time, and no failure that is not theirs.
        workers.add(threads.submit(() -> {
            Random own = new Random(SEED);
            while (!over.get()) {
                Weighted.pass(own, 60);
                pool.recycle();
            }
        }));
        long begin = System.nanoTime();
        while (since(begin).compareTo(LONG_ENOUGH) < 0) {
            rotation.run();
        }
        over.set(true);
        for (Future<?> worker : workers) {
            worker.get(60, TimeUnit.SECONDS);
        }
        LOG.info(
                "{} borrows, {} logins, {} calls of the supplier, {} failed",
                borrows,
                pool.stats().connects(),
                calls,
                failedBorrows.size());
        assertThat(failedBorrows).isEmpty();
        assertThat(pool.stats().connects()).isGreaterThan(100);
    }

    private void work(ConnectionPool pool) {
        while (!over.get()) {
            try (Connection connection = pool.getConnection()) {
                borrows.incrementAndGet();
                query(connection, "select 1");
            } catch (SQLException e) {
                failedBorrows.add(e);
            }
        }
    }

    @Test
    void aPasswordThatIsRotatedEverySecondFailsNoBorrow() throws Exception {
        AtomicReference<String> secret = new AtomicReference<>(rotated.password());
        AtomicInteger rotations = new AtomicInteger();
        ConnectionPool pool = open(() -> {
            calls.incrementAndGet();
            return Credentials.of(rotated.user(), secret.get());
        });
        underLoad(pool, () -> {
            Weighted.pass(random, 1_000);
            String next = "rotated-" + rotations.incrementAndGet();
            if (random.nextBoolean()) {
                // Whoever rotates tells the supplier first, and then the server,
                secret.set(next);
                Weighted.pass(random, 400);
                rotated.faults().rotatePassword(next);
            } else {
                // or the server first.
                rotated.faults().rotatePassword(next);
                Weighted.pass(random, 400);
                secret.set(next);
            }
            Weighted.pass(random, 1_000);
        });
        assertThat(rotations.get()).isGreaterThan(4);
    }

    @Test
    void tokensThatExpireAndASupplierThatIsSlowAndFailsCostNoBorrow() throws Exception {
        Random own = new Random(SEED);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ConnectionPool pool = open(() -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                int call = calls.incrementAndGet();
                long begin = System.nanoTime();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> since(begin).toMillis() >= 300);
                if (call > 1 && own.nextInt(4) == 0) {
                    throw new SQLException("the identity service has a bad day");
                }
                // What it gave before is worthless from here on, as after an expiry that came early.
                rotated.faults().rotatePassword("token-" + call);
                return new Credentials(
                        rotated.user(), "token-" + call, Instant.now().plusSeconds(2));
            } finally {
                running.decrementAndGet();
            }
        });
        underLoad(pool, () -> Weighted.pass(random, 200));
        assertThat(most.get()).as("calls at one time").isEqualTo(1);
        // About one a second, and some more after failures; the logins were hundreds.
        assertThat(calls.get()).isBetween(6, 40);
    }

    @Test
    void aNewPasswordReplacesConnectionsAndANewTokenDoesNot() throws Exception {
        AtomicReference<Credentials> given = new AtomicReference<>(Credentials.of(rotated.user(), rotated.password()));
        List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        ConnectionPool pool = open(ConnectionPool.builder(rotated.url())
                .maxSize(3)
                .recycleAfter(Duration.ofSeconds(30))
                .listener(new PoolListener() {
                    @Override
                    public void credentialsRefreshed(Duration validFor) {
                        heard.add(validFor == null ? "password" : "token");
                    }
                })
                .credentials(given::get));
        fill(pool, 3);
        rotated.faults().rotatePassword("second");
        given.set(Credentials.of(rotated.user(), "second"));
        pool.recycle();
        fill(pool, 3);
        assertThat(pool.stats().credentialsExpireAt()).isNull();

        // The three that stand are of the second password; one login with the third tells the pool.
        long before = pool.stats().connects();
        rotated.faults().rotatePassword("third");
        given.set(Credentials.of(rotated.user(), "third"));
        pool.resize(4);
        fill(pool, 4);
        // A tenth of the recycle: three seconds.
        await().atMost(Duration.ofSeconds(8))
                .untilAsserted(() -> assertThat(pool.stats().connects()).isGreaterThanOrEqualTo(before + 4));
        fill(pool, 4);

        given.set(new Credentials(rotated.user(), "third", Instant.now().plusSeconds(60)));
        pool.resize(5);
        // A supplier that was slow the last time is not asked at each login.
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            fill(pool, 5);
            boolean asked = heard.contains("token");
            if (!asked) {
                pool.recycle();
            }
            return asked;
        });
        long then = pool.stats().connects();
        given.set(new Credentials(rotated.user(), "fourth", Instant.now().plusSeconds(60)));
        rotated.faults().rotatePassword("fourth");
        pool.resize(6);
        fill(pool, 6);
        assertThat(pool.stats().credentialsExpireAt()).isAfter(Instant.now());
        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(6))
                .untilAsserted(() -> assertThat(pool.stats().connects()).isEqualTo(then + 1));
        assertThat(heard).containsExactly("password", "password", "password", "token", "token");
    }
}
