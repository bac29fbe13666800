package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction is to have of its own, in one statement: {@code SET} with any number of variables, or, if it is only
 * to be read-only, {@code START TRANSACTION READ ONLY}.
 *
 * <p>A variable that is written as {@code @@transaction_isolation}, with no scope at all, is set for the next transaction
 * alone. It waits for that however long: where nothing was done in the transaction there was none, and it would befall the
 * next borrower's. So it is put right afterwards like the time-outs, which are the session's and have no shorter scope.
 * What those were before is kept in user variables, on the server, where a change by a statement is known too.
 */
final class TransactionSettings {

    private static final String OLD_LOCK = "@lifebelt_lock_wait";
    private static final String OLD_TABLE = "@lifebelt_table_wait";
    private static final String OLD_STATEMENT = "@lifebelt_statement";

    // Three years: the most that all variables and servers take, rounded down.
    private static final long MOST_SECONDS = 100_000_000;
    private static final long MOST_MARIADB_STATEMENT_MILLIS = 31_536_000_000L;
    private static final long MOST_MYSQL_STATEMENT_MILLIS = 4_294_967_295L;

    private final JdbcConnection connection;
    private final TransactionStart start;

    TransactionSettings(JdbcConnection connection, TransactionStart start) {
        this.connection = connection;
        this.start = start;
    }

    /** The statement before the transaction; empty for none. */
    String before() {
        if (start.readOnly() && !outlivesTransaction()) {
            return "START TRANSACTION READ ONLY";
        }
        List<String> variables = new ArrayList<>();
        Duration lock = start.lockTimeout();
        if (lock != null) {
            String seconds = String.valueOf(seconds(lock));
            remember(variables, OLD_LOCK, "innodb_lock_wait_timeout", seconds);
            remember(variables, OLD_TABLE, "lock_wait_timeout", seconds);
        }
        Duration statement = start.statementTimeout();
        if (statement != null) {
            remember(variables, OLD_STATEMENT, statementVariable(), statementValue(statement));
        }
        Integer isolation = start.isolation();
        if (isolation != null) {
            variables.add(next(isolationVariable()) + " = '" + isolation(isolation) + "'");
        }
        if (start.readOnly()) {
            variables.add(next(readOnlyVariable()) + " = 1");
        }
        return set(variables);
    }

    /** The statement after the transaction; empty for none. */
    String after() {
        if (!outlivesTransaction()) {
            return "";
        }
        List<String> variables = new ArrayList<>();
        if (start.lockTimeout() != null) {
            variables.add("session innodb_lock_wait_timeout = " + OLD_LOCK);
            variables.add("session lock_wait_timeout = " + OLD_TABLE);
        }
        if (start.statementTimeout() != null) {
            variables.add("session " + statementVariable() + " = " + OLD_STATEMENT);
        }
        if (start.isolation() != null) {
            variables.add(asInSession(isolationVariable()));
        }
        if (start.readOnly()) {
            variables.add(asInSession(readOnlyVariable()));
        }
        return set(variables);
    }

    private boolean outlivesTransaction() {
        return start.isolation() != null || start.lockTimeout() != null || start.statementTimeout() != null;
    }

    private static String set(List<String> variables) {
        return variables.isEmpty() ? "" : "SET " + String.join(", ", variables);
    }

    private static void remember(List<String> variables, String old, String name, String value) {
        variables.add(old + " = @@session." + name);
        variables.add("session " + name + " = " + value);
    }

    private static String next(String variable) {
        return "@@" + variable;
    }

    private static String asInSession(String variable) {
        return next(variable) + " = @@session." + variable;
    }

    /** Asked only where it matters: most transactions have nothing of their own. */
    private boolean isMariaDb() {
        return ServerFactsReader.isMariaDb(connection);
    }

    // MariaDB has had MySQL's newer names only since 11.1, and keeps the old ones.
    private String isolationVariable() {
        return isMariaDb() ? "tx_isolation" : "transaction_isolation";
    }

    private String readOnlyVariable() {
        return isMariaDb() ? "tx_read_only" : "transaction_read_only";
    }

    private String statementVariable() {
        return isMariaDb() ? "max_statement_time" : "max_execution_time";
    }

    /** MariaDB counts in seconds with a fraction, MySQL in milliseconds. Zero would be none, so it is the least there is. */
    private String statementValue(Duration timeout) {
        boolean mariaDb = isMariaDb();
        long most = mariaDb ? MOST_MARIADB_STATEMENT_MILLIS : MOST_MYSQL_STATEMENT_MILLIS;
        long millis = between(1, ceiling(timeout, Duration.ofMillis(1)), most);
        return mariaDb ? BigDecimal.valueOf(millis, 3).toPlainString() : String.valueOf(millis);
    }

    private static long seconds(Duration timeout) {
        return between(1, ceiling(timeout, Duration.ofSeconds(1)), MOST_SECONDS);
    }

    private static long ceiling(Duration timeout, Duration unit) {
        long whole = timeout.dividedBy(unit);
        return unit.multipliedBy(whole).compareTo(timeout) < 0 ? whole + 1 : whole;
    }

    private static long between(long least, long value, long most) {
        return Math.max(least, Math.min(value, most));
    }

    private static String isolation(int level) {
        return switch (level) {
            case Connection.TRANSACTION_READ_UNCOMMITTED -> "READ-UNCOMMITTED";
            case Connection.TRANSACTION_READ_COMMITTED -> "READ-COMMITTED";
            case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE-READ";
            case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
            default -> throw new IllegalArgumentException("isolation " + level + " is none of java.sql.Connection's");
        };
    }
}
