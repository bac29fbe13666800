package io.github.lifebelt.testing;

import io.github.lifebelt.tx.DatabaseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * What units of work wrote, and what their callers were told became of them: held against each other by
 * {@link PoolAssertions#exactlyOnce}.
 *
 * <pre>{@code
 * Ledger ledger = Ledger.in(database.dataSource());
 * for (int i = 0; i < 1_000; i++) {
 *     ledger.attempt(unit -> UnitOfWork.on(pool).run(tx -> ledger.write(tx.connection(), unit)));
 * }
 * exactlyOnce(ledger);
 * }</pre>
 *
 * <p>Thread-safe. The table {@value #TABLE} has no key, so that a unit that was run twice is there twice.
 */
public final class Ledger {
    /** The name of the table. */
    public static final String TABLE = "lifebelt_ledger";

    private static final int EXAMPLES = 5;

    private enum Told {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN
    }

    private final DataSource source;
    private final AtomicLong units = new AtomicLong();
    private final Map<Long, Told> told = new ConcurrentHashMap<>();

    private Ledger(DataSource source) {
        this.source = source;
    }

    /**
     * Makes the table, empty.
     *
     * @param source how it is made and read, which is best the bare driver: {@link TestDatabase#dataSource()}
     * @return an empty ledger
     * @throws SQLException if the table cannot be made
     */
    public static Ledger in(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
            statement.execute("CREATE TABLE " + TABLE + " (unit bigint NOT NULL)");
        }
        return new Ledger(source);
    }

    /** One unit of work. */
    @FunctionalInterface
    public interface Attempt {
        /**
         * Runs it: writes by {@link Ledger#write} and commits.
         *
         * @param unit its number
         * @throws Exception if it was not committed, or if nobody knows
         */
        void run(long unit) throws Exception;
    }

    /**
     * Runs a unit and notes what its caller is told: it returns, so it is committed; it throws, so it is not; unless it
     * throws a {@link DatabaseException} of unknown effect.
     *
     * @param attempt the unit
     */
    public void attempt(Attempt attempt) {
        long unit = units.incrementAndGet();
        try {
            attempt.run(unit);
            committed(unit);
        } catch (DatabaseException e) {
            if (e.effect() == DatabaseException.Effect.UNKNOWN) {
                unknown(unit);
            } else {
                rolledBack(unit);
            }
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            rolledBack(unit);
        }
    }

    /**
     * Writes a unit, as a part of its transaction.
     *
     * @param connection the unit's
     * @param unit its number
     * @throws SQLException if that fails
     */
    public void write(Connection connection, long unit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + TABLE + " VALUES (?)")) {
            statement.setLong(1, unit);
            statement.executeUpdate();
        }
    }

    /**
     * Notes that the caller was told of a commit.
     *
     * @param unit the number
     */
    public void committed(long unit) {
        told.put(unit, Told.COMMITTED);
    }

    /**
     * Notes that the caller was told that nothing was stored.
     *
     * @param unit the number
     */
    public void rolledBack(long unit) {
        told.put(unit, Told.ROLLED_BACK);
    }

    /**
     * Notes that the caller was told that the outcome is not known.
     *
     * @param unit the number
     */
    public void unknown(long unit) {
        told.put(unit, Told.UNKNOWN);
    }

    /**
     * Reads the table and counts.
     *
     * @return what was found
     * @throws SQLException if the table cannot be read
     */
    public Count count() throws SQLException {
        Map<Long, Long> rows = rows();
        long lost = 0;
        long unknownStored = 0;
        List<String> examples = new ArrayList<>();
        for (Map.Entry<Long, Told> claim : told.entrySet()) {
            boolean there = rows.containsKey(claim.getKey());
            if (claim.getValue() == Told.COMMITTED && !there) {
                lost++;
                note(examples, "unit " + claim.getKey() + " was reported as committed and is not there");
            } else if (claim.getValue() == Told.UNKNOWN && there) {
                unknownStored++;
            }
        }
        long duplicated = 0;
        for (Map.Entry<Long, Long> row : rows.entrySet()) {
            Told claim = told.get(row.getKey());
            if (claim == null || claim == Told.ROLLED_BACK) {
                duplicated++;
                note(
                        examples,
                        "unit " + row.getKey() + " is there, and "
                                + (claim == null ? "nobody reported it" : "was reported as rolled back"));
            } else if (row.getValue() > 1) {
                duplicated++;
                note(examples, "unit " + row.getKey() + " is there " + row.getValue() + " times");
            }
        }
        return new Count(
                Collections.frequency(told.values(), Told.COMMITTED),
                Collections.frequency(told.values(), Told.ROLLED_BACK),
                Collections.frequency(told.values(), Told.UNKNOWN),
                unknownStored,
                lost,
                duplicated,
                List.copyOf(examples));
    }

    private Map<Long, Long> rows() throws SQLException {
        Map<Long, Long> rows = new HashMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet all = statement.executeQuery("SELECT unit, count(*) FROM " + TABLE + " GROUP BY unit")) {
            while (all.next()) {
                rows.put(all.getLong(1), all.getLong(2));
            }
        }
        return rows;
    }

    private static void note(List<String> examples, String finding) {
        if (examples.size() < EXAMPLES) {
            examples.add(finding);
        }
    }

    /**
     * What was reported and what was found.
     *
     * @param committed units reported as committed
     * @param rolledBack units reported as not stored
     * @param unknown units of which the outcome was reported as unknown
     * @param unknownStored those of them that are there, which contradicts nothing
     * @param lost units reported as committed that are not there
     * @param duplicated units that are there more than once, or although they were reported as not stored or not at all
     * @param examples some of the findings in words
     */
    public record Count(
            long committed,
            long rolledBack,
            long unknown,
            long unknownStored,
            long lost,
            long duplicated,
            List<String> examples) {

        /**
         * Whether all that was reported is true.
         *
         * @return true if nothing is lost or duplicated
         */
        public boolean isExact() {
            return lost == 0 && duplicated == 0;
        }

        String describe() {
            return lost + " are lost and " + duplicated + " duplicated, of " + committed + " reported as committed, "
                    + rolledBack + " as rolled back and " + unknown + " as unknown: " + String.join("; ", examples);
        }
    }
}
