package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Sessions of the fixture's own administrator, for tests that make accounts. In the fixture's package to know him. */
public final class Administrators {

    private Administrators() {}

    /** A new session, without a database. */
    public static Connection of(TestDatabase database) throws SQLException {
        return DriverManager.getConnection(
                database.jdbcUrl().replaceFirst("/app\\?", "/?"),
                ServerSpec.ADMIN,
                database.spec().adminPassword());
    }
}
