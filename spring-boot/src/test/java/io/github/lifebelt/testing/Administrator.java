package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What only a server's superuser may do, for tests of what administrators do. In this package to know its password. */
public final class Administrator {

    private Administrator() {}

    /** A session in the same database. */
    public static Connection of(TestDatabase server) throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl(), ServerSpec.ADMIN, server.spec().adminPassword());
    }
}
