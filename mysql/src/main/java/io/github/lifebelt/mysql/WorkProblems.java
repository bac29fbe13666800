package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.exceptions.MySQLStatementCancelledException;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Judges why a statement has failed, by the server's error number, then by the driver's own kinds of failures.
 *
 * <p>Which numbers mean that the session has ended, or that the server takes no writes, is the classifier's to know: its
 * verdicts are asked for. Of several failures that hang together the one counts that says most about another try.
 *
 * @see <a href="https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html">MySQL: server errors</a>
 * @see <a href="https://mariadb.com/docs/server/reference/error-codes">MariaDB: error codes</a>
 */
final class WorkProblems {

    private static final MySqlFailureClassifier CLASSIFIER = new MySqlFailureClassifier();

    private WorkProblems() {}

    static WorkProblem of(SQLException failure) {
        return switch (CLASSIFIER.classify(failure, Phase.WORK, Role.READ_WRITE)) {
            case KEEP -> ofStatement(failure);
            case ROLE_CHANGED -> WorkProblem.READ_ONLY_SERVER;
            // The connection is lost to a packet that is too large, and would be once more.
            case EVICT -> WorkProblem.STATEMENT;
            default -> WorkProblem.CONNECTION_LOST;
        };
    }

    // The problems are in the order in which another try promises something.
    private static WorkProblem ofStatement(SQLException failure) {
        return FailureChain.of(failure).sql().stream()
                .map(WorkProblems::ofOne)
                .min(Comparator.naturalOrder())
                .orElse(WorkProblem.STATEMENT);
    }

    /** What one failure says by itself, if its session has not ended. */
    static WorkProblem ofOne(SQLException failure) {
        return switch (failure.getErrorCode()) {
            // A snapshot that is out of date (MariaDB); nodes of a cluster that do not agree.
            case 1020, 3101 -> WorkProblem.CONFLICT;
            // The second within a distributed transaction.
            case 1213, 1614 -> WorkProblem.DEADLOCK;
            // Waited for, and not to be waited for (NOWAIT).
            case 1205, 3572 -> WorkProblem.LOCK_TIMEOUT;
            // Not known to the server any more, or no longer fitting after it was prepared anew.
            case 1243, 1615 -> WorkProblem.STALE_STATEMENT;
            // max_execution_time of MySQL, max_statement_time of MariaDB.
            case 3024, 1969 -> WorkProblem.TIMEOUT;
            // KILL QUERY. Where the driver's time-out has sent it, it says so itself, unless the server is faster.
            case 1317 -> WorkProblem.CANCELLED;
            // A check constraint, which MySQL gives no SQLState of its own.
            case 3819 -> WorkProblem.CONSTRAINT;
            default -> ofDriver(failure);
        };
    }

    private static WorkProblem ofDriver(SQLException failure) {
        if (failure instanceof SQLTimeoutException) {
            return WorkProblem.TIMEOUT;
        }
        if (failure instanceof MySQLStatementCancelledException) {
            return WorkProblem.CANCELLED;
        }
        @Nullable String state = failure.getSQLState();
        return state != null && state.startsWith("23") ? WorkProblem.CONSTRAINT : WorkProblem.STATEMENT;
    }
}
