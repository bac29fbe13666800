package io.github.lifebelt.internal.pool;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the secret out of a failure to connect, should a driver, a plug-in or somebody's socket factory repeat it. What
 * the failure means is kept: SQLState, code, and the kinds of causes that a classifier looks at.
 */
public final class Scrubber {

    // Shorter ones are in any text by chance, and would take words out of it.
    private static final int SHORTEST = 4;
    private static final int DEEPEST = 16;

    private record Kind(Class<? extends Throwable> type, Function<String, Throwable> copy) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(SSLException.class, SSLException::new),
            new Kind(GeneralSecurityException.class, GeneralSecurityException::new),
            new Kind(SocketTimeoutException.class, SocketTimeoutException::new),
            new Kind(SocketException.class, SocketException::new),
            new Kind(EOFException.class, EOFException::new),
            new Kind(IOException.class, IOException::new),
            new Kind(Throwable.class, RuntimeException::new));

    private Scrubber() {}

    /** The failure itself if it does not show the secret. */
    public static SQLException without(@Nullable String secret, SQLException failure) {
        if (secret == null || secret.length() < SHORTEST || !shows(failure, secret, 0)) {
            return failure;
        }
        return (SQLException) copy(failure, secret, 0);
    }

    private static boolean shows(@Nullable Throwable failure, String secret, int depth) {
        if (failure == null || depth > DEEPEST) {
            return false;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (shows(suppressed, secret, depth + 1)) {
                return true;
            }
        }
        return String.valueOf(failure.getMessage()).contains(secret)
                || shows(failure.getCause(), secret, depth + 1)
                || (failure instanceof SQLException sql && shows(sql.getNextException(), secret, depth + 1));
    }

    // What was suppressed is left out: it is told elsewhere, and never decides anything.
    private static Throwable copy(Throwable failure, String secret, int depth) {
        String message = String.valueOf(failure.getMessage()).replace(secret, "***");
        Throwable made = failure instanceof SQLException sql
                ? new SQLException(message, sql.getSQLState(), sql.getErrorCode())
                : KINDS.stream()
                        .filter(kind -> kind.type().isInstance(failure))
                        .findFirst()
                        .orElseThrow()
                        .copy()
                        .apply(failure.getClass().getName() + ": " + message);
        made.setStackTrace(failure.getStackTrace());
        if (depth < DEEPEST) {
            if (failure.getCause() != null) {
                made.initCause(copy(failure.getCause(), secret, depth + 1));
            }
            if (failure instanceof SQLException sql && sql.getNextException() != null) {
                ((SQLException) made).setNextException((SQLException) copy(sql.getNextException(), secret, depth + 1));
            }
        }
        return made;
    }
}
