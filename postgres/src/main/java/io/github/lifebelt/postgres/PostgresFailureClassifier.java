package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * PostgreSQL's and pgjdbc's failures.
 *
 * <p>The server's SQLStates are in its manual's appendix A; class 08 is the driver's own: 08001 could not connect, 08003
 * already closed, 08004 refused, 08006 broken, 08P01 protocol (and nearly everything that PgBouncer says). After a fatal
 * failure the driver closes the connection itself. Vendor codes are always 0. Failures of connecting are judged by
 * {@link ConnectProblems}. Thread-safe, no I/O.
 *
 * <p>A failure while committing is judged like one at work: whether the transaction was stored is not asked here.
 */
final class PostgresFailureClassifier implements FailureClassifier {

    @Override
    public Verdict classify(SQLException failure, Phase phase, Role role) {
        FailureChain chain = FailureChain.of(failure);
        return phase == Phase.CONNECT ? ConnectProblems.verdict(ConnectProblems.of(chain)) : inUse(chain, role);
    }

    /** The worst of what hangs together: a batch may carry the end of its session as the next exception. */
    private static Verdict inUse(FailureChain chain, Role role) {
        Verdict worst = Verdict.KEEP;
        boolean states = false;
        // After its last words the server closes, and the driver hangs the broken line that it finds to them.
        boolean explained = chain.sql().stream().anyMatch(PostgresFailureClassifier::isFatal);
        for (SQLException failure : chain.sql()) {
            String state = failure.getSQLState();
            if (state != null && !(explained && isOfTheLine(failure))) {
                states = true;
                Verdict verdict = inUse(state, isFatal(failure), role);
                worst = verdict.compareTo(worst) > 0 ? verdict : worst;
            }
        }
        return !states && chain.has(IOException.class) ? Verdict.SUSPECT_ALL : worst;
    }

    private static Verdict inUse(String state, boolean fatal, Role role) {
        return switch (state) {
            // "Cannot execute ... in a read-only transaction": a standby, or a server that is full.
            case "25006" -> role == Role.READ_WRITE ? Verdict.ROLE_CHANGED : Verdict.KEEP;
            // The session's own time-outs: nothing is said about other sessions.
            case "57P05", "25P03", "25P04", "40003" -> Verdict.EVICT;
            // An administrator, a crash, a restart or a dropped database; or the connection broke, and so may have all
            // of them. 08P01 as well: it is what PgBouncer says when the server behind it is gone.
            case "57P01", "57P02", "57P03", "57P04", "08000", "08001", "08003", "08004", "08006", "08007", "08P01" ->
                Verdict.SUSPECT_ALL;
            // Broken inside or on its disk, or ended by the server for whatever reason: this session is not to be
            // trusted, and a new one will tell.
            default -> fatal || isInternal(state) ? Verdict.EVICT : Verdict.KEEP;
        };
    }

    /** Whether the session has ended with it; after a failure inside the server it may not be trusted, and goes on. */
    static boolean endsTheSession(SQLException failure) {
        String state = failure.getSQLState();
        return isFatal(failure)
                || (state != null
                        && switch (inUse(state, false, Role.READ_ONLY)) {
                            case SUSPECT_ALL -> true;
                            case EVICT -> !isInternal(state);
                            default -> false;
                        });
    }

    /** Whether it tells no more than that the line is broken. */
    static boolean isOfTheLine(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith("08") && !isFatal(failure);
    }

    /** The server's function that failed; empty if it was not the server. */
    static String routine(SQLException failure) {
        ServerErrorMessage said = said(failure);
        return said == null ? "" : String.valueOf(said.getRoutine());
    }

    private static boolean isInternal(String state) {
        return state.startsWith("58") || state.startsWith("XX");
    }

    /** FATAL ends the session and PANIC the server, by the protocol's definition of the two. */
    private static boolean isFatal(SQLException failure) {
        ServerErrorMessage said = said(failure);
        String severity = said == null ? null : said.getSeverity();
        return "FATAL".equals(severity) || "PANIC".equals(severity);
    }

    private static @Nullable ServerErrorMessage said(SQLException failure) {
        return failure instanceof PSQLException own ? own.getServerErrorMessage() : null;
    }
}
