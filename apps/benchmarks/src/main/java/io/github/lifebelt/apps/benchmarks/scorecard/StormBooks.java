package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.scorecard.Units.Told;
import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * What the units of scenarios E and F write: a numbered row each, and one more in a counter. Made and read by the bare driver, past
 * the pools. Nothing in the tables keeps a unit from being stored twice, else nobody would see it.
 */
final class StormBooks {

    // Fewer than units under way would make them wait for each other and not for the pool.
    private static final int COUNTERS = 16;

    /**
     * The tables held against what callers were told.
     *
     * @param count of the rows
     * @param countersOff counters that do not say what the rows say
     */
    record Check(Ledger.Count count, int countersOff) {}

    private final DataSource bare;
    private final Ledger ledger;

    private StormBooks(DataSource bare, Ledger ledger) {
        this.bare = bare;
        this.ledger = ledger;
    }

    /** Makes the tables, empty. */
    static StormBooks on(TestDatabase server) throws SQLException {
        return on(server.dataSource());
    }

    /** The same, wherever it leads: to another server after a failover. */
    static StormBooks on(DataSource bare) throws SQLException {
        Ledger ledger = Ledger.in(bare);
        try (Connection connection = bare.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS storm_counter");
            statement.execute("CREATE TABLE storm_counter (id int PRIMARY KEY, units bigint NOT NULL)");
            statement.execute("INSERT INTO storm_counter VALUES "
                    + IntStream.range(0, COUNTERS)
                            .mapToObj(id -> "(" + id + ", 0)")
                            .collect(Collectors.joining(", ")));
        }
        return new StormBooks(bare, ledger);
    }

    /** A unit's statements. */
    void write(Connection connection, long unit) throws SQLException {
        ledger.write(connection, unit);
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE storm_counter SET units = units + 1 WHERE id = ?")) {
            update.setInt(1, (int) (unit % COUNTERS));
            update.executeUpdate();
        }
    }

    void note(long unit, Told told) {
        switch (told) {
            case COMMITTED -> ledger.committed(unit);
            case FAILED -> ledger.rolledBack(unit);
            case UNKNOWN -> ledger.unknown(unit);
        }
    }

    Check check() throws SQLException {
        return new Check(ledger.count(), countersOff());
    }

    private int countersOff() throws SQLException {
        try (Connection connection = bare.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM storm_counter c WHERE units <> "
                        + "(SELECT count(*) FROM " + Ledger.TABLE + " l WHERE l.unit % " + COUNTERS + " = c.id)")) {
            row.next();
            return row.getInt(1);
        }
    }
}
