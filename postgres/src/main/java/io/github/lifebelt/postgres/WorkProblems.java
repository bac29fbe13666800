package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.io.IOException;
import java.sql.SQLException;

/**
 * Why a statement or a COMMIT has failed.
 *
 * <p>Of several failures that hang together the nearest counts that says something: behind 25P02, which only repeats that
 * the transaction has failed before, the driver hangs the failure it failed with. A broken line counts last, since a server
 * that ends a session says why before it closes, and the driver then finds the line broken as well.
 */
final class WorkProblems {

    private WorkProblems() {}

    static WorkProblem of(FailureChain chain) {
        boolean line = false;
        for (SQLException failure : chain.sql()) {
            WorkProblem problem = of(failure);
            if (problem == WorkProblem.CONNECTION_LOST && PostgresFailureClassifier.isOfTheLine(failure)) {
                line = true;
            } else if (problem != WorkProblem.STATEMENT) {
                return problem;
            }
        }
        return line || isBrokenWithoutAWord(chain) ? WorkProblem.CONNECTION_LOST : WorkProblem.STATEMENT;
    }

    private static WorkProblem of(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return switch (state) {
            case "40001" -> WorkProblem.CONFLICT;
            case "40P01" -> WorkProblem.DEADLOCK;
            case "55P03" -> WorkProblem.LOCK_TIMEOUT;
            case "57014" -> ofTheCancelled(failure);
            // Of a transaction: idle for too long, or longer than it may last.
            case "25P03", "25P04" -> WorkProblem.TIMEOUT;
            case "25006" -> WorkProblem.READ_ONLY_SERVER;
            // A prepared statement that the server does not have, or no longer.
            case "26000" -> WorkProblem.STALE_STATEMENT;
            case "0A000" -> ofTheUnsupported(failure);
            default -> ofTheClass(failure, state);
        };
    }

    private static WorkProblem ofTheClass(SQLException failure, String state) {
        if (PostgresFailureClassifier.endsTheSession(failure)) {
            return WorkProblem.CONNECTION_LOST;
        }
        return state.startsWith("23") ? WorkProblem.CONSTRAINT : WorkProblem.STATEMENT;
    }

    /**
     * The server has one state for somebody's wish and for {@code statement_timeout}, and only its words tell them apart.
     * In another language than English ({@code lc_messages}) a time-out is taken for a wish: neither is tried again.
     */
    private static WorkProblem ofTheCancelled(SQLException failure) {
        return hasWords(failure, "timeout") ? WorkProblem.TIMEOUT : WorkProblem.CANCELLED;
    }

    /** The driver knows this one by the server's routine, which is not translated. */
    private static WorkProblem ofTheUnsupported(SQLException failure) {
        return "RevalidateCachedQuery".equals(PostgresFailureClassifier.routine(failure))
                        || hasWords(failure, "cached plan")
                ? WorkProblem.STALE_STATEMENT
                : WorkProblem.STATEMENT;
    }

    private static boolean isBrokenWithoutAWord(FailureChain chain) {
        return chain.has(IOException.class) && chain.sql().stream().allMatch(failure -> failure.getSQLState() == null);
    }

    private static boolean hasWords(SQLException failure, String words) {
        return String.valueOf(failure.getMessage()).contains(words);
    }
}
