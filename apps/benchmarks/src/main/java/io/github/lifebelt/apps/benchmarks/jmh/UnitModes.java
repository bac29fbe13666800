package io.github.lifebelt.apps.benchmarks.jmh;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Units of work in each of their modes on one server, and the same written by hand: on HikariCP's default, and, for one
 * thread, on a connection that is never given back. One insert is committed, or one query in the modes that read.
 */
public final class UnitModes implements AutoCloseable {

    /** One query by hand. */
    public static final String READ_BY_HAND = "hikari, query";
    /** One insert by hand. */
    public static final String WRITE_BY_HAND = "hikari";
    /** One insert on a connection that is never given back. */
    public static final String BARE = "none";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Does one of them once. */
    @FunctionalInterface
    public interface Step {
        /** Does it, and says how many rows that were. */
        int run() throws Exception;
    }

    /**
     * One of those that are compared.
     *
     * @param mode of the unit, or how it is done by hand
     * @param byHand the name of what it stands beside; null if it is done by hand itself
     * @param step does it once
     */
    public record Mode(String mode, @Nullable String byHand, Step step) {}

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Endpoint endpoint;
    private final UnitOfWork unit;
    private final DataSource hikari;
    private final Connection bare;

    /** Opens the pools and makes the tables. */
    public UnitModes(Endpoint endpoint) throws Exception {
        this.endpoint = endpoint;
        try {
            OpenPool lifebelt = Peer.LIFEBELT.open(endpoint, OpenPool.USUAL_SIZE);
            opened.push(lifebelt);
            unit = UnitOfWork.on(
                    lifebelt.filled(OpenPool.USUAL_SIZE).dataSource().unwrap(ConnectionPool.class));
            OpenPool peer = Peer.HIKARI.open(endpoint, OpenPool.USUAL_SIZE);
            opened.push(peer);
            hikari = peer.filled(OpenPool.USUAL_SIZE).dataSource();
            bare = endpoint.connect();
            opened.push(bare);
            bare.setAutoCommit(false);
            // An ordinary table, since the table of tokens is one.
            execute("DROP TABLE IF EXISTS benchmark_units");
            execute("CREATE TABLE benchmark_units (worth bigint NOT NULL)");
            execute("DROP TABLE IF EXISTS lifebelt_token");
            execute(unit.tokenTableStatement());
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Those that this database has, for so many threads. */
    public List<Mode> all(int threads, boolean transactionIds) {
        List<Mode> modes = new ArrayList<>();
        modes.add(new Mode(WRITE_BY_HAND, null, () -> byHand(UnitModes::insert)));
        if (threads == 1) {
            modes.add(new Mode(BARE, null, this::bare));
        }
        modes.add(writing("off", unit.commitOutcome(CommitOutcome.OFF)));
        if (transactionIds) {
            UnitOfWork named = unit.commitOutcome(CommitOutcome.TRANSACTION_ID);
            modes.add(writing("transaction id", named));
            modes.add(writing("off, time-outs", withTimeouts(unit.commitOutcome(CommitOutcome.OFF))));
            modes.add(writing("transaction id, readWrite, time-outs", withTimeouts(named.readWrite())));
        }
        modes.add(writing("token", unit.commitOutcome(CommitOutcome.TOKEN)));
        modes.add(new Mode(READ_BY_HAND, null, () -> byHand(Work::ask)));
        UnitOfWork reading = unit.readOnly();
        modes.add(new Mode("readOnly, query", READ_BY_HAND, () -> inUnit(reading, Work::ask)));
        return modes;
    }

    private static UnitOfWork withTimeouts(UnitOfWork unit) {
        return unit.statementTimeout(TIMEOUT).lockTimeout(TIMEOUT);
    }

    private static Mode writing(String name, UnitOfWork unit) {
        return new Mode(name, WRITE_BY_HAND, () -> inUnit(unit, UnitModes::insert));
    }

    /** So that no comparison is made on a table that an earlier one has filled. */
    public void empty() throws SQLException {
        execute("TRUNCATE TABLE benchmark_units");
        execute("TRUNCATE TABLE lifebelt_token");
    }

    /** What is done in the transaction. */
    @FunctionalInterface
    private interface Statements {
        int on(Connection connection) throws SQLException;
    }

    private static int inUnit(UnitOfWork unit, Statements statements) {
        return unit.<Integer, RuntimeException>call(tx -> statements.on(tx.connection()));
    }

    private int byHand(Statements statements) throws SQLException {
        try (Connection connection = hikari.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int result = statements.on(connection);
                connection.commit();
                return result;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private int bare() throws SQLException {
        int result = insert(bare);
        bare.commit();
        return result;
    }

    private static int insert(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO benchmark_units (worth) VALUES (?)")) {
            statement.setLong(1, 1);
            return statement.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = endpoint.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
