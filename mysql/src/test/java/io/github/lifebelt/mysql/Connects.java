package io.github.lifebelt.mysql;

import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.HostResolver;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects as the pool does: the dialect by way of the service loader, TLS by the policy. */
final class Connects {

    static final Duration AMPLE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(Connects.class);

    private static final Dialect DIALECT =
            ServiceLoader.load(Dialect.class).findFirst().orElseThrow();

    private Connects() {}

    /** A connection of the driver, and the socket below it. */
    record Connected(Connection jdbc, ProbeSocket socket) implements AutoCloseable {
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

    static Dialect dialect() {
        return DIALECT;
    }

    static ConnectRequest request(DatabaseUrl url, Duration within, Role role) {
        return new ConnectRequest(
                url,
                url.credentials(),
                TlsPolicy.resolve(url, DIALECT, false).tls(),
                System.nanoTime() + within.toNanos(),
                HostResolver.JDK,
                role);
    }

    static ConnectRequest request(String url, Duration within) {
        return request(DatabaseUrl.parse(url), within, Role.READ_WRITE);
    }

    static Connected open(String url) throws SQLException {
        return open(DatabaseUrl.parse(url));
    }

    static Connected open(DatabaseUrl url) throws SQLException {
        return open(url, Role.READ_WRITE);
    }

    static Connected open(DatabaseUrl url, Role role) throws SQLException {
        ConnectRequest request = request(url, AMPLE, role);
        Connection jdbc = DIALECT.connect(request);
        ProbeSocket socket = Objects.requireNonNull(request.socket());
        socket.noDeadline();
        return new Connected(jdbc, socket);
    }

    static Connected open(TestDatabase server) throws SQLException {
        return open(server.url());
    }

    static Connected open(TestDatabase server, FaultProxy proxy) throws SQLException {
        return open(server.url(proxy));
    }

    static Verdict whileConnecting(SQLException failure) {
        return DIALECT.failureClassifier().classify(failure, Phase.CONNECT, Role.READ_WRITE);
    }

    static Verdict inUse(SQLException failure) {
        return inUse(failure, Role.READ_WRITE);
    }

    static Verdict inUse(SQLException failure, Role role) {
        return DIALECT.failureClassifier().classify(failure, Phase.WORK, role);
    }

    static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
