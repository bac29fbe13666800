package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.server.AdminSession;
import java.sql.SQLException;

final class CleanDatabase {
    CleanDatabase(boolean mariaDb, MySqlSessions sessions) {}

    void mark(AdminSession admin, String database) throws SQLException {}

    void restore(AdminSession admin, String database) throws SQLException {}
}
