package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What can be the matter when a connection could not be made: what the pool does about it, and what people are told, in
 * one place so that the two agree.
 *
 * <p>The server's own error numbers come first. Failures of network and TLS are all alike to Connector/J, SQLState 08S01
 * and number 0; of these only the causes tell.
 *
 * @see <a href="https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html">MySQL: server errors</a>
 * @see <a href="https://mariadb.com/docs/server/reference/error-codes">MariaDB: error codes</a>
 */
enum ConnectFailure {
    UNKNOWN_HOST(ConnectProblem.UNKNOWN_HOST, Verdict.DATABASE_DOWN),
    UNREACHABLE(ConnectProblem.UNREACHABLE, Verdict.DATABASE_DOWN),
    TIMED_OUT(ConnectProblem.TIMED_OUT, Verdict.DATABASE_DOWN),
    TLS(ConnectProblem.TLS, Verdict.REFUSED),
    LOGIN(ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION),
    /** Not the password: the account or its way to log in, which no other password changes. */
    ACCOUNT(ConnectProblem.AUTHENTICATION, Verdict.REFUSED),
    DATABASE(ConnectProblem.DATABASE, Verdict.REFUSED),
    STARTING(ConnectProblem.STARTING, Verdict.DATABASE_DOWN),
    AT_CAPACITY(ConnectProblem.AT_CAPACITY, Verdict.AT_CAPACITY),
    /** Any attempt more makes it worse, or will end in the same way. */
    REFUSED(ConnectProblem.OTHER, Verdict.REFUSED),
    /** The server said something about the line. */
    LINE(ConnectProblem.OTHER, Verdict.DATABASE_DOWN);

    private static final String NO_PUBLIC_KEY = "Public Key Retrieval is not allowed";
    // How the sockets of a request say that its time is over.
    private static final String DEADLINE = "deadline passed";

    final ConnectProblem problem;
    final Verdict verdict;

    ConnectFailure(ConnectProblem problem, Verdict verdict) {
        this.problem = problem;
        this.verdict = verdict;
    }

    static ConnectFailure of(FailureChain chain) {
        for (SQLException failure : chain.sql()) {
            if (failure.getErrorCode() > 0) {
                return ofServer(failure.getErrorCode(), failure.getSQLState());
            }
        }
        if (chain.has(UnknownHostException.class)) {
            return UNKNOWN_HOST;
        }
        if (chain.isAboutTls()) {
            return TLS;
        }
        // The number of bytes that an answer begins with in MySQL's protocol makes no sense: it is another protocol's.
        if (chain.has(PacketTooBigException.class)) {
            return REFUSED;
        }
        if (chain.has(IOException.class)) {
            return isTimeout(chain) ? TIMED_OUT : UNREACHABLE;
        }
        return ofDriver(chain);
    }

    private static boolean isTimeout(FailureChain chain) {
        return chain.has(SocketTimeoutException.class)
                || chain.all().stream()
                        .anyMatch(t -> t instanceof SocketException
                                && String.valueOf(t.getMessage()).startsWith(DEADLINE));
    }

    private static ConnectFailure ofServer(int number, @Nullable String state) {
        return switch (number) {
            // Too many connections: of all, of the user, of the user within an hour. Out of memory or threads.
            case 1040, 1203, 1226, 1041, 1135 -> AT_CAPACITY;
            // Password wrong; the same for accounts of the operating system's users.
            case 1045, 1698 -> LOGIN;
            // Locked for ever or for too many wrong ones (MySQL, MariaDB), or expired: no attempt more.
            case 3118, 3955, 4150, 4151, 1820, 1862 -> LOGIN;
            // An account is for certain hosts, and has a plugin that both sides must have.
            case 1130, 1251, 1275, 1524 -> ACCOUNT;
            case 1044, 1049 -> DATABASE;
            // Blocked for too many broken connects. Each attempt more prolongs it.
            case 1129 -> REFUSED;
            // Plain text is not taken here.
            case 3159 -> TLS;
            // Shutting down, killed while logging in, offline, not available yet.
            case 1053, 1077, 1079, 1080, 1927, 3032, 3168, 3169 -> STARTING;
            default -> ofState(state);
        };
    }

    private static ConnectFailure ofState(@Nullable String state) {
        if (state == null) {
            return REFUSED;
        }
        if (state.equals("28000")) {
            return LOGIN;
        }
        // Above all 08S01: a handshake that the server gave up, a network error on its side, a Galera node not in sync.
        return state.startsWith("08") ? LINE : REFUSED;
    }

    /** What the driver itself has to say, without the server's word and without a broken line. */
    private static ConnectFailure ofDriver(FailureChain chain) {
        if (wantsProtectedLine(chain)) {
            return TLS;
        }
        for (SQLException failure : chain.sql()) {
            String state = failure.getSQLState();
            if (state != null) {
                return switch (state) {
                    // It finds the server unfit; the one case seen is that TLS is demanded and the server has none.
                    case "08001" -> String.valueOf(failure.getMessage()).contains("SSL") ? TLS : REFUSED;
                    // SSLParamsException.
                    case "08000" -> TLS;
                    case "08003", "08006", "08007", "08S01" -> UNREACHABLE;
                    default -> REFUSED;
                };
            }
        }
        return REFUSED;
    }

    /**
     * Whether the password could not be sent because the line is plain. The plugin {@code caching_sha2_password}, MySQL's
     * default, would send it under a key that anybody on the way could have exchanged for his own.
     */
    static boolean wantsProtectedLine(FailureChain chain) {
        return chain.all().stream().anyMatch(t -> NO_PUBLIC_KEY.equals(t.getMessage()));
    }
}
