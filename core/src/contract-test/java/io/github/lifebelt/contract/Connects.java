package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects as the pool does: the dialect by way of the service loader, TLS by the policy. */
public final class Connects {

    public static final Duration AMPLE = Duration.ofSeconds(20);

    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Connects.class);

    private static final Dialect DIALECT =
            ServiceLoader.load(Dialect.class).findFirst().orElseThrow();

    private Connects() {}

    /** A connection of the driver, and the socket below it. */
    public record Connected(Connection jdbc, ProbeSocket socket) implements AutoCloseable {
        /** As the pool does: a goodbye that nobody waits for. */
        @Override
        public void close() {
            socket.stopReading();
            try {
                jdbc.close();
            } catch (SQLException e) {
                // Tests break connections; the driver says so once more.
                LOG.debug("closing {}", socket, e);
            } finally {
                socket.abort();
            }
        }
    }

    /** How a pool would protect its connections. */
    public static TlsPolicy.Decision tls(DatabaseUrl url, boolean sslModeAsGiven) {
        return TlsPolicy.resolve(url, DIALECT::hasPubliclyTrustedCertificate, sslModeAsGiven);
    }

    public static Dialect dialect() {
        return DIALECT;
    }

    public static ConnectRequest request(DatabaseUrl url, Duration within, Role role) {
        return new ConnectRequest(
                url,
                url.credentials(),
                tls(url, false).tls(),
                System.nanoTime() + within.toNanos(),
                HostResolver.JDK,
                role);
    }

    public static ConnectRequest request(DatabaseUrl url, Duration within) {
        return request(url, within, Role.READ_WRITE);
    }

    public static ConnectRequest request(String url, Duration within) {
        return request(DatabaseUrl.parse(url), within);
    }

    public static Connected open(String url) throws SQLException {
        return open(DatabaseUrl.parse(url));
    }

    public static Connected open(DatabaseUrl url) throws SQLException {
        return open(url, Role.READ_WRITE);
    }

    public static Connected open(DatabaseUrl url, Role role) throws SQLException {
        ConnectRequest request = request(url, AMPLE, role);
        Connection jdbc = DIALECT.connect(request);
        ProbeSocket socket = Objects.requireNonNull(request.socket());
        socket.noDeadline();
        return new Connected(jdbc, socket);
    }

    public static Connected open(TestDatabase server) throws SQLException {
        return open(server.url());
    }

    public static Connected open(TestDatabase server, FaultProxy proxy) throws SQLException {
        return open(server.url(proxy));
    }

    /** The failure of a connect that must fail. */
    static SQLException fails(ConnectRequest request) {
        return catchThrowableOfType(SQLException.class, () -> {
            try (Connection unexpected = DIALECT.connect(request)) {
                throw new AssertionError("connected: " + unexpected);
            }
        });
    }

    /** Waits until the probe sees that the other side is gone, which it goes on to see. */
    public static void dies(Connected connected) {
        Set<Liveness> before = new HashSet<>();
        await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> {
            before.add(connected.socket().probe());
            return before.contains(Liveness.DEAD);
        });
        assertThat(before).as("what was seen until then").doesNotContain(Liveness.BUSY);
        assertThat(connected.socket().probe()).as("dead for good").isEqualTo(Liveness.DEAD);
    }

    public static FailureClassifier classifier() {
        return DIALECT.failureClassifier();
    }

    public static Verdict whileConnecting(SQLException failure) {
        return classifier().classify(failure, Phase.CONNECT, Role.READ_WRITE);
    }

    public static Verdict inUse(SQLException failure) {
        return inUse(failure, Role.READ_WRITE);
    }

    public static Verdict inUse(SQLException failure, Role role) {
        return classifier().classify(failure, Phase.WORK, role);
    }

    public static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
