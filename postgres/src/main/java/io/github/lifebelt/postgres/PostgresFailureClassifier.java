package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.FailureChain;
import io.github.lifebelt.spi.FailureClassifier;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * PostgreSQL's and pgjdbc's failures.
 *
 * <p>The server's SQLStates are in its manual's appendix A; class 08 is the driver's own: 08001 could not connect, 08003
 * already closed, 08004 refused, 08006 broken, 08P01 protocol (and nearly everything that PgBouncer says). After a fatal
 * failure the driver closes the connection itself. Vendor codes are always 0. Thread-safe, no I/O.
 */
final class PostgresFailureClassifier implements FailureClassifier {

    // What PgBouncer says, always as 08P01, when it has no server or no room now. Its other words (no such user, no
    // such
    // database, unsupported startup parameter) stay true however long one waits.
    private static final List<String> BOUNCER_HAS_NONE_NOW = List.of(
            "query_wait_timeout",
            "server login",
            "server_login_retry",
            "server conn crashed",
            "server closed",
            "cannot connect to server",
            "connect failed",
            "no more connections allowed",
            "too many connections",
            "shutting down",
            "shut down");

    @Override
    public Verdict classify(SQLException failure, Phase phase, Role role) {
        FailureChain chain = FailureChain.of(failure);
        return phase == Phase.CONNECT ? whileConnecting(chain) : inUse(chain);
    }

    /** The worst of what hangs together: a batch may carry the end of its session as the next exception. */
    private static Verdict inUse(FailureChain chain) {
        Verdict worst = Verdict.KEEP;
        boolean states = false;
        for (SQLException failure : chain.sql()) {
            String state = failure.getSQLState();
            if (state != null) {
                states = true;
                Verdict verdict = inUse(state, isFatal(failure));
                worst = verdict.compareTo(worst) > 0 ? verdict : worst;
            }
        }
        return !states && chain.has(IOException.class) ? Verdict.SUSPECT_ALL : worst;
    }

    private static Verdict inUse(String state, boolean fatal) {
        return switch (state) {
            // The session's own time-outs: nothing is said about other sessions.
            case "57P05", "25P03", "25P04", "40003" -> Verdict.EVICT;
            // An administrator, a crash, a restart or a dropped database; or the connection broke, and so may have all
            // of
            // them. 08P01 as well: it is what PgBouncer says when the server behind it is gone.
            case "57P01", "57P02", "57P03", "57P04", "08000", "08001", "08003", "08004", "08006", "08007", "08P01" ->
                Verdict.SUSPECT_ALL;
            // Broken inside or on its disk, or ended by the server for whatever reason: this session is not to be
            // trusted, and a new one will tell.
            default -> fatal || state.startsWith("58") || state.startsWith("XX") ? Verdict.EVICT : Verdict.KEEP;
        };
    }

    /** FATAL ends the session and PANIC the server, by the protocol's definition of the two. */
    private static boolean isFatal(SQLException failure) {
        ServerErrorMessage said = failure instanceof PSQLException own ? own.getServerErrorMessage() : null;
        String severity = said == null ? null : said.getSeverity();
        return "FATAL".equals(severity) || "PANIC".equals(severity);
    }

    private static Verdict whileConnecting(FailureChain chain) {
        if (chain.has(UnknownHostException.class)) {
            // Names come and go while a cloud moves a server.
            return Verdict.DATABASE_DOWN;
        }
        if (isAboutTls(chain)) {
            return Verdict.REFUSED;
        }
        for (SQLException failure : chain.sql()) {
            String state = failure.getSQLState();
            if (state != null) {
                return whileConnecting(state, String.valueOf(failure.getMessage()));
            }
        }
        return chain.has(IOException.class) ? Verdict.DATABASE_DOWN : Verdict.REFUSED;
    }

    private static Verdict whileConnecting(String state, String message) {
        return switch (state) {
            case "08001", "08006", "08000", "08003", "08007", "57P01", "57P02", "57P03" -> Verdict.DATABASE_DOWN;
            case "08P01" -> bouncerHasNoneNow(message) ? Verdict.DATABASE_DOWN : Verdict.REFUSED;
            // Too many connections, or out of memory, disk and the like: it has none to give now.
            default -> state.startsWith("53") ? Verdict.DATABASE_DOWN : Verdict.REFUSED;
        };
    }

    private static boolean bouncerHasNoneNow(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return BOUNCER_HAS_NONE_NOW.stream().anyMatch(lower::contains);
    }

    /** Certificates that are not trusted come as 08006, like a broken line; only the cause tells. */
    private static boolean isAboutTls(FailureChain chain) {
        // The driver translates its messages; the name of its verifier stays what it is.
        if (chain.sql().stream()
                .anyMatch(failure -> String.valueOf(failure.getMessage()).contains("PgjdbcHostnameVerifier"))) {
            return true;
        }
        return chain.isAboutTls();
    }
}
