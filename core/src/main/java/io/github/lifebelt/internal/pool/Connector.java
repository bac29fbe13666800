package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Opens physical connections: the one way to the server. */
final class Connector {
    private final PoolConfig config;
    private final Dialect dialect;
    private final TlsPolicy.Decision tls;
    private final Generation generation;
    private final Listeners listeners;
    private final LongAdder connects = new LongAdder();

    Connector(PoolConfig config, Dialect dialect, TlsPolicy.Decision tls, Generation generation, Listeners listeners) {
        this.config = config;
        this.dialect = dialect;
        this.tls = tls;
        this.generation = generation;
        this.listeners = listeners;
    }

    long connects() {
        return connects.sum();
    }

    /** Opens one before the deadline, and before the connect timeout. The deadline stays on its socket. */
    Physical connect(SlotConnect attempt, long deadlineNanos) throws SQLException {
        long begin = System.nanoTime();
        long until = Math.min(deadlineNanos, begin + config.connectTimeout().toNanos());
        // What is proven is that it worked in the generation in which connecting began.
        long bornIn = generation.current();
        ConnectRequest request = new ConnectRequest(
                config.url(),
                config.credentials().get(),
                tls.tls(),
                until,
                config.resolver(),
                config.readOnly() ? Role.READ_ONLY : Role.READ_WRITE);
        attempt.begin(request);
        try {
            Connection jdbc = dialect.connect(request);
            connects.increment();
            if (!listeners.isEmpty()) {
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                listeners.tell(listener -> listener.connected(took));
            }
            return new Physical(jdbc, request.socket(), bornIn);
        } catch (SQLException | RuntimeException | Error e) {
            request.abort();
            if (e instanceof SQLException failure) {
                listeners.tell(listener -> listener.connectFailed(failure));
            }
            throw e;
        }
    }

    /** What a borrower gets when the database was reached and refuses: with the reason first and the cure behind it. */
    SQLException refused(SQLException cause) {
        String hint = tls.failureHint();
        boolean aboutTls = mentionsTls(cause);
        return new SQLNonTransientConnectionException(
                "[CONNECT_REFUSED] " + config.url().target() + " refuses the connection: " + cause.getMessage()
                        + (aboutTls && hint != null ? ". " + hint : ""),
                cause.getSQLState(),
                cause.getErrorCode(),
                cause);
    }

    private static boolean mentionsTls(Throwable failure) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 16; t = t.getCause(), depth++) {
            String name = t.getClass().getName();
            if (name.startsWith("javax.net.ssl.") || name.startsWith("java.security.cert.")) {
                return true;
            }
        }
        String message = failure.getMessage();
        // Drivers translate their messages, but not the names in them.
        return message != null && (message.contains("HostnameVerifier") || message.contains("SSL"));
    }
}
