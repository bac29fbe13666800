package io.github.lifebelt.apps.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tables: accounts with a balance, and one row for each transfer.
 *
 * <p>The unit's id is unique because the client makes it so, and no constraint says it: with one a transfer that is made
 * twice would end as an error, and {@link Audit} could never find any.
 */
final class Ledger {
    static final int ACCOUNTS = 16;
    static final int OPENING_BALANCE = 1000;

    private final Database database;
    private final String accounts;
    private final String entries;
    private final String updateSql;
    private final String insertSql;

    /** Tables whose names begin with a prefix, which keeps them apart from anybody else's. */
    Ledger(Database database, String prefix) {
        this.database = database;
        accounts = prefix + "_account";
        entries = prefix + "_ledger";
        updateSql = "UPDATE " + accounts + " SET balance = balance + ? WHERE id = ?";
        insertSql = "INSERT INTO " + entries + " (unit, source, target, amount) VALUES (?, ?, ?, ?)";
    }

    Database database() {
        return database;
    }

    String accounts() {
        return accounts;
    }

    String entries() {
        return entries;
    }

    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(database.accountsTable(accounts, "id int PRIMARY KEY, balance bigint NOT NULL"));
            statement.execute(database.entriesTable(
                    entries, "unit bigint NOT NULL, source int NOT NULL, target int NOT NULL, amount int NOT NULL"));
            statement.execute("INSERT INTO " + accounts + " (id, balance) VALUES "
                    + IntStream.range(0, ACCOUNTS)
                            .mapToObj(id -> "(" + id + ", " + OPENING_BALANCE + ")")
                            .collect(Collectors.joining(", ")));
        }
    }

    void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // On somebody's own server a session that was cut off may hold its locks for a while.
            statement.execute(database.shortLockWait());
            statement.execute("DROP TABLE IF EXISTS " + entries + ", " + accounts);
        }
    }

    /** The statements of one transfer. Accounts are locked in the order of their ids, so that no two units deadlock. */
    void apply(Connection connection, Transfer transfer) throws SQLException {
        boolean sourceFirst = transfer.source() < transfer.target();
        try (PreparedStatement update = connection.prepareStatement(updateSql)) {
            if (sourceFirst) {
                add(update, transfer.source(), -transfer.amount());
            }
            add(update, transfer.target(), transfer.amount());
            if (!sourceFirst) {
                add(update, transfer.source(), -transfer.amount());
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(insertSql)) {
            insert.setLong(1, transfer.unit());
            insert.setInt(2, transfer.source());
            insert.setInt(3, transfer.target());
            insert.setInt(4, transfer.amount());
            insert.executeUpdate();
        }
    }

    private static void add(PreparedStatement update, int account, int amount) throws SQLException {
        update.setInt(1, amount);
        update.setInt(2, account);
        if (update.executeUpdate() != 1) {
            throw new IllegalStateException("account " + account + " is not there");
        }
    }
}
