package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Why connecting has failed, and what the pool does about each reason. The verdict follows from the problem, so that what
 * people are told and what the pool does cannot differ.
 *
 * <p>Where the SQLState does not tell, the words do. The driver translates its own, but not the names in them; the server
 * translates by its {@code lc_messages}, but not {@code pg_hba.conf}; PgBouncer does not translate.
 */
final class ConnectProblems {

    // What PgBouncer says, always as 08P01: the first that fits. It repeats
    // what the server answered to its own login, so that a full server or a missing database is told from a bouncer
    // that
    // finds nobody. What is not here, unsupported startup parameters for one, stays true however long one waits.
    private static final List<Map.Entry<String, ConnectProblem>> BOUNCER_WORDS = List.of(
            Map.entry("ssl required", ConnectProblem.TLS),
            Map.entry("too many clients", ConnectProblem.AT_CAPACITY),
            Map.entry("too many connections", ConnectProblem.AT_CAPACITY),
            Map.entry("connection slots are reserved", ConnectProblem.AT_CAPACITY),
            Map.entry("no more connections allowed", ConnectProblem.AT_CAPACITY),
            Map.entry("role \"", ConnectProblem.AUTHENTICATION),
            Map.entry("no such database", ConnectProblem.DATABASE),
            Map.entry("does not exist", ConnectProblem.DATABASE),
            Map.entry("does not allow connections", ConnectProblem.DATABASE),
            Map.entry("is disabled", ConnectProblem.DATABASE),
            Map.entry("authentication failed", ConnectProblem.AUTHENTICATION),
            Map.entry("auth failed", ConnectProblem.AUTHENTICATION),
            Map.entry("no such user", ConnectProblem.AUTHENTICATION),
            Map.entry("shutting down", ConnectProblem.STARTING),
            Map.entry("starting up", ConnectProblem.STARTING),
            Map.entry("shut down", ConnectProblem.STARTING),
            // No server session in time. At the login that is a server which cannot be reached, not one that is busy:
            // once it was reached, PgBouncer lets clients in without asking it.
            Map.entry("query_wait_timeout", ConnectProblem.TIMED_OUT),
            Map.entry("server login", ConnectProblem.UNREACHABLE),
            Map.entry("server_login_retry", ConnectProblem.UNREACHABLE),
            Map.entry("server conn crashed", ConnectProblem.UNREACHABLE),
            Map.entry("server closed", ConnectProblem.UNREACHABLE),
            // Of a server session that was ended before its parameters were all there (1.18).
            Map.entry("invalid server parameter", ConnectProblem.UNREACHABLE),
            Map.entry("cannot connect to server", ConnectProblem.UNREACHABLE),
            Map.entry("connect failed", ConnectProblem.UNREACHABLE));

    private ConnectProblems() {}

    /** The first problem that connecting met. */
    static ConnectProblem of(FailureChain chain) {
        if (chain.has(UnknownHostException.class)) {
            return ConnectProblem.UNKNOWN_HOST;
        }
        if (isAboutTls(chain)) {
            return ConnectProblem.TLS;
        }
        for (SQLException failure : chain.sql()) {
            String state = failure.getSQLState();
            if (state != null) {
                ConnectProblem problem = of(state, String.valueOf(failure.getMessage()));
                return problem == ConnectProblem.UNREACHABLE ? ofTheLine(chain) : problem;
            }
        }
        return chain.has(IOException.class) ? ofTheLine(chain) : ConnectProblem.OTHER;
    }

    /** What the pool does about a problem. */
    static Verdict verdict(ConnectProblem problem) {
        return switch (problem) {
            // Names come and go while a cloud moves a server.
            case UNKNOWN_HOST, UNREACHABLE, TIMED_OUT, STARTING -> Verdict.DATABASE_DOWN;
            case AT_CAPACITY, CREDENTIALS -> Verdict.AT_CAPACITY;
            case AUTHENTICATION -> Verdict.AUTHENTICATION;
            case TLS, DATABASE, OTHER -> Verdict.REFUSED;
        };
    }

    /** By what the server, the driver or PgBouncer says. */
    static ConnectProblem of(String state, String message) {
        return switch (state) {
            case "08000", "08001", "08003", "08006", "08007" -> ConnectProblem.UNREACHABLE;
            case "08004" -> ofTheDriversRefusal(message);
            case "08P01" -> ofTheBouncer(message);
            case "28P01" -> ConnectProblem.AUTHENTICATION;
            case "28000" -> ofTheServersRefusal(message);
            // Missing, not for this user, or closed to all.
            case "3D000", "42501", "55000", "57P04" -> ConnectProblem.DATABASE;
            case "57P01", "57P02" -> ConnectProblem.STARTING;
            case "57P03" -> ofTheServersState(message);
            // The server's authentication_timeout.
            case "57014" -> ConnectProblem.TIMED_OUT;
            // Connections, or the memory and disk that one needs: those that stand are sound.
            default -> state.startsWith("53") ? ConnectProblem.AT_CAPACITY : ConnectProblem.OTHER;
        };
    }

    /** 08004 is the driver's: what the server asks for is not to be had. */
    private static ConnectProblem ofTheDriversRefusal(String message) {
        if (message.contains("SSL") || message.contains("GSS") || message.contains("Channel Binding")) {
            return ConnectProblem.TLS;
        }
        // A password that is missing or empty is what is left, but for ways to log in that the driver does not know.
        return message.contains("requireAuth") || message.contains("not supported")
                ? ConnectProblem.OTHER
                : ConnectProblem.AUTHENTICATION;
    }

    /**
     * 28000: a role that may not log in, or a rule of {@code pg_hba.conf}, and the rules of clouds that demand TLS are
     * of that kind. A rule about addresses is not cured by new credentials.
     */
    private static ConnectProblem ofTheServersRefusal(String message) {
        if (message.contains("no encryption")
                || message.contains("SSL off")
                || message.contains("SSL connection is required")
                || message.contains("client certificate")) {
            return ConnectProblem.TLS;
        }
        return message.contains("pg_hba.conf") ? ConnectProblem.OTHER : ConnectProblem.AUTHENTICATION;
    }

    /** A standby that lets nobody read ({@code hot_standby=off}) says 57P03 too, and will not come to change its mind. */
    private static ConnectProblem ofTheServersState(String message) {
        return message.contains("not accepting connections") || message.contains("Hot standby mode is disabled")
                ? ConnectProblem.OTHER
                : ConnectProblem.STARTING;
    }

    private static ConnectProblem ofTheBouncer(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return BOUNCER_WORDS.stream()
                .filter(entry -> lower.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(ConnectProblem.OTHER);
    }

    /** Whether somebody said no, or nobody said anything. */
    private static ConnectProblem ofTheLine(FailureChain chain) {
        boolean timedOut = chain.all().stream()
                .anyMatch(failure -> failure instanceof SocketTimeoutException
                        || (failure instanceof IOException && hasWords(failure, "deadline passed"))
                        // ETIMEDOUT: the kernel has given up sending SYNs.
                        || (failure instanceof ConnectException && hasWords(failure, "timed out")));
        return timedOut ? ConnectProblem.TIMED_OUT : ConnectProblem.UNREACHABLE;
    }

    private static boolean hasWords(Throwable failure, String words) {
        return String.valueOf(failure.getMessage()).contains(words);
    }

    /** Certificates that are not trusted come as 08006, like a broken line; only the cause tells. */
    private static boolean isAboutTls(FailureChain chain) {
        // The driver translates its messages; the name of its verifier stays what it is.
        return chain.isAboutTls()
                || chain.sql().stream().anyMatch(failure -> hasWords(failure, "PgjdbcHostnameVerifier"));
    }
}
