package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges by the server's error number, then by the SQLState, then by the causes.
 *
 * <p>Connector/J closes a connection whose line has broken itself, and reports everything that follows as 08003. Numbers
 * are 0 for what the driver found out by itself. Thread-safe, no I/O.
 */
final class MySqlFailureClassifier implements FailureClassifier {

    @Override
    public Verdict classify(SQLException failure, Phase phase, Role role) {
        FailureChain chain = FailureChain.of(failure);
        return phase == Phase.CONNECT ? ConnectFailure.of(chain).verdict : inUse(chain, role);
    }

    /** The worst of what hangs together: a batch may carry the end of its session as the next exception. */
    private static Verdict inUse(FailureChain chain, Role role) {
        Verdict worst = Verdict.KEEP;
        boolean answered = false;
        for (SQLException failure : chain.sql()) {
            Verdict verdict = inUse(failure, role);
            answered |= failure.getErrorCode() > 0;
            worst = verdict.compareTo(worst) > 0 ? verdict : worst;
        }
        // A line that breaks within a result is S1000, as are many mistakes; the cause tells.
        return worst == Verdict.KEEP && !answered && chain.has(IOException.class) ? Verdict.SUSPECT_ALL : worst;
    }

    private static Verdict inUse(SQLException failure, Role role) {
        return switch (failure.getErrorCode()) {
            // The server takes no writes. On a connection for reading that is the statement's fault.
            case 1290 -> role == Role.READ_WRITE && saysReadOnly(failure) ? Verdict.ROLE_CHANGED : Verdict.KEEP;
            case 1836 -> role == Role.READ_WRITE ? Verdict.ROLE_CHANGED : Verdict.KEEP;
            // Shutdown, kills, a server that went offline, an idle time-out, errors of the network as the server saw
            // them;
            // and what C programs between us and the server call a lost connection.
            case 1053, 1077, 1079, 1080, 1152, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1927 -> Verdict.SUSPECT_ALL;
            case 3032, 3168, 3169, 4031, 2006, 2013, 2055 -> Verdict.SUSPECT_ALL;
            // The packet was larger than the server takes: it has read the rest for nothing and closes, though the
            // state
            // is that of a broken line.
            case 1153 -> Verdict.EVICT;
            default -> byState(failure);
        };
    }

    private static Verdict byState(SQLException failure) {
        // Too large to be sent, or to be what was asked for: the driver does not say which, and in the second case it
        // has lost its place in the stream.
        if (failure instanceof PacketTooBigException) {
            return Verdict.EVICT;
        }
        @Nullable String state = failure.getSQLState();
        if (state == null || !state.startsWith("08")) {
            return Verdict.KEEP;
        }
        return isMisuse(failure) ? Verdict.KEEP : Verdict.SUSPECT_ALL;
    }

    /** {@code commit} and {@code rollback} with autocommit on are 08003 to the driver, like a closed connection. */
    private static boolean isMisuse(SQLException failure) {
        return String.valueOf(failure.getMessage()).contains("autocommit=true");
    }

    /**
     * The error says that the server runs with some option which forbids the statement: {@code --read-only},
     * {@code --super-read-only}, {@code innodb_read_only}, but also {@code --skip-grant-tables},
     * {@code --secure-file-priv} and others that say nothing about writing.
     */
    private static boolean saysReadOnly(SQLException failure) {
        String text =
                String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).replace('_', '-');
        return text.contains("read-only");
    }
}
