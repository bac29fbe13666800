package io.github.lifebelt.apps.demo;

import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A PostgreSQL of the demo's own that demands TLS, as the clouds do. */
final class EmbeddedServer implements Target {
    private final TestDatabase database;

    private EmbeddedServer(TestDatabase database) {
        this.database = database;
    }

    /** Starts it: within a second or so, longer when its programs have to be unpacked first. */
    static EmbeddedServer start() {
        return new EmbeddedServer(
                TestDatabase.postgres().provider(ServerProvider.EMBEDDED).start());
    }

    @Override
    public String url() {
        return database.url();
    }

    @Override
    public String describe() {
        return "an embedded PostgreSQL that demands TLS";
    }

    @Override
    public String tablePrefix() {
        return "demo";
    }

    @Override
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    @Override
    public int killSessions() {
        return database.faults().killSessions();
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart() {
        database.faults().stop(StopMode.FAST);
        database.faults().start();
    }

    @Override
    public void close() {
        database.close();
    }
}
