package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.FailureClassifier;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's and pgjdbc's failures.
 *
 * <p>The server's SQLStates are in its manual's appendix A; class 08 is the driver's own: 08001 could not connect, 08003
 * already closed, 08004 refused, 08006 broken, 08P01 protocol (and nearly everything that PgBouncer says). After a fatal
 * failure the driver closes the connection itself. Thread-safe, no I/O.
 */
final class PostgresFailureClassifier implements FailureClassifier {

    private static final int DEEPEST = 16;

    @Override
    public Verdict classify(SQLException failure, Phase phase) {
        return phase == Phase.CONNECT ? whileConnecting(failure) : inUse(failure);
    }

    private static Verdict inUse(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null) {
            return Verdict.KEEP;
        }
        return switch (state) {
            // The session's own time-outs: nothing is said about other sessions.
            case "57P05", "25P03", "25P04", "40003" -> Verdict.EVICT;
            // An administrator, a crash or a restart; or the connection broke, and so may have all of them.
            case "57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "08007", "08P01" ->
                Verdict.SUSPECT_ALL;
            // Broken inside or on its disk: this session is not to be trusted, and a new one will tell.
            default -> state.startsWith("58") || state.equals("XX000") ? Verdict.EVICT : Verdict.KEEP;
        };
    }

    private static Verdict whileConnecting(SQLException failure) {
        if (hasCause(failure, UnknownHostException.class)) {
            // Names come and go while a cloud moves a server.
            return Verdict.DATABASE_DOWN;
        }
        String state = failure.getSQLState();
        if (state == null || isAboutTls(failure)) {
            return Verdict.REFUSED;
        }
        return switch (state) {
            case "08001", "08006", "08000", "57P01", "57P02", "57P03" -> Verdict.DATABASE_DOWN;
            case "08P01" -> bouncerIsWaiting(failure) ? Verdict.DATABASE_DOWN : Verdict.REFUSED;
            // Too many connections, or out of memory, disk and the like: it has none to give now.
            default -> state.startsWith("53") ? Verdict.DATABASE_DOWN : Verdict.REFUSED;
        };
    }

    /** PgBouncer says everything with 08P01; these mean that the server behind it is not there. */
    private static boolean bouncerIsWaiting(SQLException failure) {
        String message = failure.getMessage();
        return message != null
                && (message.contains("query_wait_timeout")
                        || message.contains("server login")
                        || message.contains("server conn crashed"));
    }

    /** Certificates that are not trusted come as 08006, like a broken line; only the cause tells. */
    private static boolean isAboutTls(SQLException failure) {
        String message = failure.getMessage();
        if (message != null && message.contains("could not be verified by hostnameverifier")) {
            return true;
        }
        SSLException tls = cause(failure, SSLException.class);
        if (tls == null) {
            return hasCause(failure, GeneralSecurityException.class);
        }
        // A handshake that the line or the clock cut short is no refusal.
        return !hasCause(tls, EOFException.class)
                && !hasCause(tls, SocketException.class)
                && !hasCause(tls, SocketTimeoutException.class);
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        return cause(failure, type) != null;
    }

    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
