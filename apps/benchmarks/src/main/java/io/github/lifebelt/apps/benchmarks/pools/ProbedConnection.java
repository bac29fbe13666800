package io.github.lifebelt.apps.benchmarks.pools;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.ServiceLoader;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection made as the pool makes it, by a dialect and a request, with the socket that the pool would probe.
 *
 * @param jdbc the driver's connection
 * @param socket the socket below it
 */
public record ProbedConnection(Connection jdbc, ProbeSocket socket) implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Connects. */
    public static ProbedConnection open(Endpoint endpoint) throws SQLException, IOException, GeneralSecurityException {
        DatabaseUrl url = DatabaseUrl.parse(endpoint.url());
        ConnectRequest request =
                new ConnectRequest(url, url.credentials(), tls(url), System.nanoTime() + CONNECT_TIMEOUT.toNanos());
        Connection jdbc = dialect(url).connect(request);
        ProbeSocket socket = Objects.requireNonNull(request.socket(), "the driver made a socket of its own");
        socket.noDeadline();
        return new ProbedConnection(jdbc, socket);
    }

    private static Dialect dialect(DatabaseUrl url) {
        return ServiceLoader.load(Dialect.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(dialect -> dialect.name().equals(url.dialect()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no dialect for " + url.dialect()));
    }

    private static ConnectRequest.Tls tls(DatabaseUrl url) throws IOException, GeneralSecurityException {
        SslMode mode = Objects.requireNonNullElse(url.sslMode(), SslMode.DISABLE);
        return new ConnectRequest.Tls(mode, mode == SslMode.DISABLE ? null : trusting(url.sslRootCert()));
    }

    private static SSLContext trusting(@Nullable String authority) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(Path.of(Objects.requireNonNull(authority, "authority")))) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @Override
    public void close() throws SQLException {
        jdbc.close();
    }
}
