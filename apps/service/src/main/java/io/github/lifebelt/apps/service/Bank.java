package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The business: accounts, and money that moves between them, each transfer one unit of work. */
final class Bank {
    static final int ACCOUNTS = 16;

    // What a caller of the service waits for at most; later it hears of a time-out, and that nothing was stored.
    private static final Duration LONGEST_TRANSFER = Duration.ofSeconds(15);
    private static final Duration LONGEST_LIST = Duration.ofSeconds(5);

    private static final String BALANCE = "SELECT balance FROM lifebelt_service_account WHERE id = ?";
    private static final String ALL = "SELECT id, balance FROM lifebelt_service_account ORDER BY id";
    private static final String WITHDRAW =
            "UPDATE lifebelt_service_account SET balance = balance - ? WHERE id = ? AND balance >= ?";
    private static final String DEPOSIT = "UPDATE lifebelt_service_account SET balance = balance + ? WHERE id = ?";

    private final UnitOfWork transfers;
    private final UnitOfWork lists;
    private final Figures figures;

    Bank(ConnectionPool pool, Figures figures) {
        this.figures = figures;
        transfers = UnitOfWork.on(pool)
                .named("transfer")
                .readWrite()
                .timeout(LONGEST_TRANSFER)
                .retry(RetryPolicy.conflictsAndLostConnections())
                .commitOutcome(CommitOutcome.TOKEN);
        lists = UnitOfWork.on(pool)
                .named("accounts")
                .readOnly()
                .timeout(LONGEST_LIST)
                .retry(RetryPolicy.conflictsAndLostConnections());
    }

    /**
     * A transfer.
     *
     * @param from whose balance falls
     * @param to whose balance rises
     * @param amount by how much
     */
    record Transfer(int from, int to, long amount) {}

    /**
     * An account.
     *
     * @param id its number
     * @param balance never below zero
     */
    record Account(int id, long balance) {}

    /** The business says no; nothing was stored. */
    static final class Declined extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** For programs. */
        private final String reason;

        Declined(String reason, String message) {
            super(message);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /**
     * Moves money, exactly once, or says why not.
     *
     * @throws Declined if an account is not there, or has too little
     * @throws DatabaseException if it could not be done; says what became of the data
     */
    void transfer(Transfer transfer) {
        long start = System.nanoTime();
        figures.begun();
        try {
            transfers.run(tx -> move(tx.connection(), transfer));
            figures.committed(Duration.ofNanos(System.nanoTime() - start));
        } catch (Declined e) {
            figures.declined();
            throw e;
        } catch (DatabaseException e) {
            figures.failed(e.code(), e.effect() != DatabaseException.Effect.NONE);
            throw e;
        } finally {
            figures.ended();
        }
    }

    /**
     * All accounts.
     *
     * @throws DatabaseException if they cannot be read
     */
    List<Account> accounts() {
        return lists.call(tx -> {
            List<Account> accounts = new ArrayList<>();
            try (PreparedStatement select = tx.connection().prepareStatement(ALL);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    accounts.add(new Account(rows.getInt(1), rows.getLong(2)));
                }
            }
            return accounts;
        });
    }

    /** Accounts are locked in the order of their ids, so that no two units deadlock. */
    private static void move(Connection connection, Transfer transfer) throws SQLException {
        if (transfer.from() < transfer.to()) {
            withdraw(connection, transfer);
            deposit(connection, transfer);
        } else {
            deposit(connection, transfer);
            withdraw(connection, transfer);
        }
    }

    private static void withdraw(Connection connection, Transfer transfer) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(WITHDRAW)) {
            update.setLong(1, transfer.amount());
            update.setInt(2, transfer.from());
            update.setLong(3, transfer.amount());
            if (update.executeUpdate() == 0) {
                throw isThere(connection, transfer.from())
                        ? new Declined("not-enough", "account " + transfer.from() + " has less than that")
                        : noSuchAccount(transfer.from());
            }
        }
    }

    private static void deposit(Connection connection, Transfer transfer) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DEPOSIT)) {
            update.setLong(1, transfer.amount());
            update.setInt(2, transfer.to());
            if (update.executeUpdate() == 0) {
                throw noSuchAccount(transfer.to());
            }
        }
    }

    private static boolean isThere(Connection connection, int account) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BALANCE)) {
            select.setInt(1, account);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static Declined noSuchAccount(int account) {
        return new Declined("no-such-account", "there is no account " + account);
    }
}
