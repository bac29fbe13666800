package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A look-up that does not end keeps nobody past the deadline, and the driver looks nothing up behind our back. */
class LookUpTest {

    private static final Logger LOG = LoggerFactory.getLogger(LookUpTest.class);
    private static final String NAME = "db.lifebelt.test";
    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration LATEST = DEADLINE.plusMillis(250);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Blocking blocking = new Blocking();

    @BeforeEach
    void warmUp() throws SQLException {
        Connects.open(server()).close();
    }

    @AfterEach
    void release() {
        blocking.release.countDown();
        threads.shutdownNow();
    }

    /** Knows the server, and tells when it is let. */
    private static final class Blocking implements HostResolver {
        final CountDownLatch release = new CountDownLatch(1);
        final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            asked.incrementAndGet();
            boolean interrupted = false;
            while (true) {
                try {
                    release.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return List.of(InetAddress.getLoopbackAddress());
        }
    }

    private static TestDatabase server() {
        return Servers.get(false);
    }

    private static DatabaseUrl url(String... names) {
        DatabaseUrl given = server().databaseUrl();
        DatabaseUrl.Builder named = DatabaseUrl.builder(given.dialect());
        Arrays.stream(names).forEach(name -> named.host(name, server().port()));
        return named.database(given.database())
                .user(given.user())
                .password(given.credentials().secret())
                .sslMode(given.sslMode())
                .build();
    }

    private static ConnectRequest request(DatabaseUrl url, HostResolver resolver, Duration within) {
        return new ConnectRequest(
                url,
                url.credentials(),
                Connects.request(url, within).tls(),
                System.nanoTime() + within.toNanos(),
                resolver,
                Role.READ_WRITE);
    }

    private static SQLException fails(ConnectRequest request) {
        return catchThrowableOfType(
                SQLException.class, () -> Connects.dialect().connect(request).close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "connect_timeout=30", "localSocketAddress=127.0.0.1"})
    @Tag("smoke")
    void theDeadlineHoldsWhileALookUpIsStuck(String parameter) {
        try (Stalls stalls = new Stalls()) {
            DatabaseUrl url = url(NAME);
            if (!parameter.isEmpty()) {
                String[] parts = parameter.split("=", 2);
                url = url.toBuilder().parameter(parts[0], parts[1]).build();
            }
            long begin = System.nanoTime();
            SQLException failure = fails(request(url, blocking, DEADLINE));
            Duration took = since(begin);
            assertThat((Throwable) failure).hasStackTraceContaining("deadline passed during look-up");
            assertThat(took).isBetween(DEADLINE.minusMillis(10), stalls.allowFor(LATEST));
            assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TIMED_OUT);
            assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
        }
    }

    @Test
    void aTimeOutOfTheUrlHoldsToo() {
        try (Stalls stalls = new Stalls()) {
            DatabaseUrl url =
                    url(NAME).toBuilder().parameter("connect_timeout", "1").build();
            long begin = System.nanoTime();
            SQLException failure = fails(request(url, blocking, SOON));
            assertThat((Throwable) failure).hasStackTraceContaining("look-up timed out");
            assertThat(since(begin)).isBetween(Duration.ofMillis(990), stalls.allowFor(Duration.ofMillis(1250)));
            assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TIMED_OUT);
        }
    }

    @Test
    void aListOfHostsHasOneDeadline() {
        try (Stalls stalls = new Stalls()) {
            // Long enough for a busy machine not to sleep through the second one's part.
            Duration deadline = Duration.ofSeconds(3);
            long begin = System.nanoTime();
            assertThat((Throwable) fails(request(url(NAME, "other.lifebelt.test"), blocking, deadline)))
                    .isNotNull();
            assertThat(since(begin)).isBetween(deadline.minusMillis(10), stalls.allowFor(deadline.plusMillis(250)));
            await().untilAsserted(() ->
                    assertThat(blocking.asked).as("each has had its part").hasValue(2));
        }
    }

    @Test
    @Tag("smoke")
    void manyWaitForOneLookUp() throws Exception {
        long before = lookUps();
        List<Future<SQLException>> failing = IntStream.range(0, 20)
                .mapToObj(i -> threads.submit(() -> fails(request(url(NAME), blocking, DEADLINE))))
                .toList();
        for (Future<SQLException> each : failing) {
            assertThat((Throwable) each.get(10, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat((Throwable) fails(request(url(NAME), blocking, DEADLINE))).isNotNull();
        assertThat(blocking.asked).as("it is still going on").hasValue(1);
        assertThat(lookUps()).isLessThanOrEqualTo(before + 1);

        Future<String> waiting = threads.submit(() -> connects(request(url(NAME), blocking, SOON)));
        blocking.release.countDown();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo("1");
        assertThat(connects(request(url(NAME), blocking, SOON))).isEqualTo("1");
        // Whoever was waiting may have come after the answer, too.
        assertThat(blocking.asked.get()).as("and nothing is kept of its answer").isBetween(2, 3);
        await().atMost(SOON).until(() -> lookUps() == 0);
    }

    private static long lookUps() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lifebelt-look-up"))
                .count();
    }

    private static String connects(ConnectRequest request) throws SQLException {
        try (Connection connection = Connects.dialect().connect(request)) {
            return query(connection, "select 1");
        } finally {
            Objects.requireNonNull(request.socket()).abort();
        }
    }

    @Test
    @Tag("smoke")
    void anAbortFreesWhoWaitsForALookUp() throws Exception {
        ConnectRequest request = request(url(NAME), blocking, Duration.ofSeconds(60));
        Future<SQLException> connecting = threads.submit(() -> fails(request));
        await().atMost(SOON).until(() -> blocking.asked.get() == 1);
        request.abort();
        assertThat((Throwable) connecting.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void anInterruptDoesNotEndIt() throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        Future<String> connecting = threads.submit(() -> {
            Thread.currentThread().interrupt();
            String answer = connects(request(url(NAME), blocking, SOON));
            interrupted.set(Thread.interrupted() ? 1 : 0);
            return answer;
        });
        await().atMost(SOON).until(() -> blocking.asked.get() == 1);
        blocking.release.countDown();
        assertThat(connecting.get(10, TimeUnit.SECONDS)).isEqualTo("1");
        assertThat(interrupted).as("and is kept").hasValue(1);
    }

    /** Only our resolver knows the names: had the driver asked the JDK, it would have failed. */
    @ParameterizedTest
    @ValueSource(strings = {"", "connect_timeout=7", "connectTimeout=7", "localSocketAddress=127.0.0.1"})
    void theDriverAsksNobody(String parameter) throws SQLException {
        blocking.release.countDown();
        for (DatabaseUrl named : List.of(url(NAME), url(NAME, "other.lifebelt.test"))) {
            String[] parts = (parameter + "=").split("=", 3);
            DatabaseUrl url = parameter.isEmpty()
                    ? named
                    : named.toBuilder().parameter(parts[0], parts[1]).build();
            assertThat(connects(request(url, blocking, SOON))).isEqualTo("1");
        }
    }

    @Test
    void aQuickAnswerCostsLittle() throws Exception {
        HostResolver quick = host -> List.of(InetAddress.getLoopbackAddress());
        long[] nanos = new long[300];
        for (int i = 0; i < nanos.length; i++) {
            long begin = System.nanoTime();
            HostResolver.addresses(quick, NAME);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        LOG.info("{} us is the median of the way to a look-up and back", nanos[nanos.length / 2] / 1000);
    }
}
