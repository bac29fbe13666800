package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * Begins a transaction with settings of its own. The driver's {@code BEGIN} rides along, and all that the server is told
 * ends with the transaction, however that ends: only the driver has to be told that it is over.
 */
final class TransactionBegin {

    private static final int KNOWS_TRANSACTION_TIMEOUT = 17;
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private TransactionBegin() {}

    static @Nullable Mark begin(Connection connection, TransactionStart start, ServerFacts facts) throws SQLException {
        String settings = settings(start, readOnlyHasToBeSaid(connection, start), facts);
        if (start.marked()) {
            return TransactionMarks.assigned(connection, facts, settings);
        }
        if (!settings.isEmpty()) {
            OneTrip.send(connection, settings);
        }
        return null;
    }

    /**
     * The driver's own {@code BEGIN} can say it, which costs nothing; unless the URL's {@code readOnlyMode} tells it to ignore
     * what it is told.
     */
    private static boolean readOnlyHasToBeSaid(Connection connection, TransactionStart start) throws SQLException {
        if (!start.readOnly()) {
            return false;
        }
        connection.setReadOnly(true);
        return !((BaseConnection) connection).hintReadOnly();
    }

    /** What the driver was told it would say at the next begin, too. */
    static void end(Connection connection, TransactionStart start) throws SQLException {
        if (start.readOnly()) {
            connection.setReadOnly(false);
        }
    }

    private static String settings(TransactionStart start, boolean readOnly, ServerFacts facts) {
        StringBuilder text = new StringBuilder();
        // First, since the server refuses it behind any query.
        Integer isolation = start.isolation();
        if (isolation != null) {
            text.append("set transaction isolation level ").append(words(isolation));
            text.append(readOnly ? ", read only;" : ";");
        } else if (readOnly) {
            text.append("set transaction read only;");
        }
        timeout(text, "statement_timeout", start.statementTimeout());
        timeout(text, "lock_timeout", start.lockTimeout());
        if (start.timeout() != null) {
            // Older servers can bound only how long they wait for the next statement.
            boolean whole = majorVersion(facts) >= KNOWS_TRANSACTION_TIMEOUT;
            timeout(text, whole ? "transaction_timeout" : "idle_in_transaction_session_timeout", start.timeout());
        }
        return text.toString();
    }

    /** In whole milliseconds, and never 0, which would be none. */
    private static void timeout(StringBuilder text, String name, @Nullable Duration duration) {
        if (duration != null) {
            Duration bounded = duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
            long millis = Math.max(1, bounded.plusNanos(999_999).toMillis());
            text.append("set local ")
                    .append(name)
                    .append(" = ")
                    .append(Math.min(millis, Integer.MAX_VALUE))
                    .append(';');
        }
    }

    private static String words(int isolation) {
        return switch (isolation) {
            case Connection.TRANSACTION_READ_UNCOMMITTED -> "read uncommitted";
            case Connection.TRANSACTION_READ_COMMITTED -> "read committed";
            case Connection.TRANSACTION_REPEATABLE_READ -> "repeatable read";
            case Connection.TRANSACTION_SERIALIZABLE -> "serializable";
            default -> throw new IllegalArgumentException("PostgreSQL has no isolation " + isolation);
        };
    }

    /** 0 if it is not to be seen, which is taken for old. */
    private static int majorVersion(ServerFacts facts) {
        String digits = facts.version().split("\\D", 2)[0];
        return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
    }
}
