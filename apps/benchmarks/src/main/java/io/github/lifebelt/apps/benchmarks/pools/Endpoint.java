package io.github.lifebelt.apps.benchmarks.pools;

import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a pool connects to, in the spelling of each pool.
 *
 * @param url as Lifebelt takes it, with user and password
 * @param jdbcUrl as the driver takes it, without
 * @param user who logs in
 * @param password with what
 */
public record Endpoint(String url, String jdbcUrl, String user, String password) {

    private static final String PREFIX = "lifebelt.benchmarks.";

    static Endpoint of(TestDatabase database) {
        return new Endpoint(database.url(), database.jdbcUrl(), database.user(), database.password());
    }

    static Endpoint of(TestDatabase database, FaultProxy proxy) {
        return new Endpoint(database.url(proxy), database.jdbcUrl(proxy), database.user(), database.password());
    }

    /** A connection of the driver's, without any pool. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    /** The options that make a child JVM find this by {@link #handedDown}. */
    public List<String> handDown(Wire wire) {
        String key = "-D" + PREFIX + wire.key() + ".";
        return List.of(
                key + "url=" + url, key + "jdbc-url=" + jdbcUrl, key + "user=" + user, key + "password=" + password);
    }

    /** What the parent JVM has started for a wire; empty if nobody did. */
    public static Optional<Endpoint> handedDown(Wire wire) {
        String key = PREFIX + wire.key() + ".";
        return Optional.ofNullable(System.getProperty(key + "url"))
                .map(url -> new Endpoint(
                        url, property(key + "jdbc-url"), property(key + "user"), property(key + "password")));
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Endpoint[" + jdbcUrl + "]";
    }
}
