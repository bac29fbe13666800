package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;

/** Lifebelt's own: units of work that are run again, and find out what became of a broken COMMIT. */
final class LifebeltUnits implements Units {

    private final UnitOfWork unit;

    private LifebeltUnits(UnitOfWork unit) {
        this.unit = unit;
    }

    /** Run again for as long as it takes, with tokens. */
    static LifebeltUnits on(DataSource pool, DataSource bare) throws SQLException {
        return on(pool, bare, CommitOutcome.TOKEN, RetryPolicy.conflictsAndLostConnections());
    }

    /** On a pool; the table of tokens is made anew by a connection without it. */
    static LifebeltUnits on(DataSource pool, DataSource bare, CommitOutcome outcome, RetryPolicy retry)
            throws SQLException {
        UnitOfWork unit = UnitOfWork.on(pool.unwrap(ConnectionPool.class))
                .named("scorecard")
                .retry(retry)
                .commitOutcome(outcome);
        if (outcome == CommitOutcome.TOKEN) {
            try (Connection connection = bare.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS lifebelt_token");
                statement.execute(unit.tokenTableStatement());
            }
        }
        return new LifebeltUnits(unit);
    }

    @Override
    public Ending run(Statements statements) {
        try {
            unit.run(tx -> statements.on(tx.connection()));
            return Ending.COMMITTED;
        } catch (DatabaseException e) {
            return switch (e.effect()) {
                case COMMITTED -> Ending.COMMITTED;
                case NONE -> new Ending(Told.FAILED, why(e));
                case UNKNOWN -> new Ending(Told.UNKNOWN, why(e));
            };
        }
    }

    private static String why(DatabaseException e) {
        return String.format(
                Locale.ROOT,
                "%s (SQLState %s) after %d runs",
                e.code(),
                e.sqlState(),
                e.attempts().size());
    }
}
