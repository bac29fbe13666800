package io.github.lifebelt.guide;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What the examples work on: two accounts, and orders. The SQL of PostgreSQL and of MySQL alike. */
final class Bank {
    private Bank() {}

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table account (id int primary key, balance int not null)");
            statement.execute("insert into account values (1, 100), (2, 100)");
            statement.execute("create table orders (id int primary key, item varchar(40) not null)");
        }
    }

    static void transfer(Connection connection, int source, int target, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update account set balance = balance + ? where id = ?")) {
            update.setInt(1, -amount);
            update.setInt(2, source);
            update.executeUpdate();
            update.setInt(1, amount);
            update.setInt(2, target);
            update.executeUpdate();
        }
    }

    static int balance(Connection connection, int account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select balance from account where id = ?")) {
            query.setInt(1, account);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Something to buy. */
    record Order(int id, String item) {}

    /** Where it is stored. */
    static final class Orders {
        long insert(Connection connection, Order order) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement("insert into orders values (?, ?)")) {
                insert.setInt(1, order.id());
                insert.setString(2, order.item());
                insert.executeUpdate();
            }
            return order.id();
        }

        int count(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from orders")) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
