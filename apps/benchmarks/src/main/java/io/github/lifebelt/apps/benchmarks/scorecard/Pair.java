package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A primary and its streaming replica, and the failover in which the old primary stays: it takes no writes any more, and
 * answers all else. A promoted replica is used up; the primary is not.
 */
final class Pair implements AutoCloseable {

    /** What pgjdbc's documentation recommends for writers. */
    static final String WRITERS_ONLY = "targetServerType=primary";

    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final long BETWEEN_LOOKS_MILLIS = 2;
    // Sessions take a setting over when they get to it.
    private static final long SETTLE_MILLIS = 50;

    private final TestDatabase primary;
    private final TestDatabase replica;

    private Pair(TestDatabase primary, TestDatabase replica) {
        this.primary = primary;
        this.replica = replica;
    }

    /** Of a server without one. */
    static Pair of(Place place) {
        return new Pair(place.server(), place.server().replica());
    }

    TestDatabase primary() {
        return primary;
    }

    TestDatabase replica() {
        return replica;
    }

    /** Both hosts, the present primary first. */
    Endpoint endpoint(Endpoint one) {
        return new Endpoint(both(one.url()), withOption(both(one.jdbcUrl()), WRITERS_ONLY), one.user(), one.password());
    }

    /** The bare driver, wherever the primary is now. */
    DataSource bare() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        // It would else believe for ten seconds what it last saw of a host.
        source.setURL(withOption(withOption(both(primary.jdbcUrl()), WRITERS_ONLY), "hostRecheckSeconds=0"));
        source.setUser(primary.user());
        source.setPassword(primary.password());
        return source;
    }

    private String both(String url) {
        String one = primary.host() + ":" + primary.port();
        return url.replace(one, one + "," + replica.host() + ":" + replica.port());
    }

    private static String withOption(String url, String option) {
        return url + (url.contains("?") ? "&" : "?") + option;
    }

    /**
     * Makes the primary take no writes any more, and waits until the replica has all there ever were: what a replica has
     * not got is lost by the replication, whatever a pool does.
     */
    void stepDown() throws SQLException, InterruptedException {
        primary.faults().makeReadOnly();
        Thread.sleep(SETTLE_MILLIS);
        try (Connection old = primary.dataSource().getConnection();
                Connection next = replica.dataSource().getConnection()) {
            String now = ask(old, "SELECT clock_timestamp()", null);
            await(
                    "the last transaction that may write",
                    old,
                    "SELECT count(*) = 0 FROM pg_stat_activity"
                            + " WHERE backend_type = 'client backend' AND xact_start < ?::timestamptz",
                    now);
            String end = ask(old, "SELECT pg_current_wal_lsn()", null);
            await("the replica", next, "SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn", end);
        }
    }

    private static void await(String what, Connection connection, String question, String than)
            throws SQLException, InterruptedException {
        long until = System.nanoTime() + CATCH_UP.toNanos();
        while (!ask(connection, question, than).equals("t")) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException(what + " took longer than " + CATCH_UP.toSeconds() + " s");
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
    }

    private static String ask(Connection connection, String question, @Nullable String than) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            if (than != null) {
                statement.setString(1, than);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** The moment if the replica is a primary by now. */
    long promotedBy() throws SQLException {
        try (Connection connection = replica.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("not yet");
            }
            return System.nanoTime();
        }
    }

    /** Whether a connection leads to the old primary. */
    boolean isOld(Connection connection) throws SQLException {
        return ask(connection, "SELECT current_setting('port')", null).equals(Integer.toString(primary.port()));
    }

    /** The primary is one again, and alone. */
    @Override
    public void close() {
        try {
            replica.close();
        } finally {
            primary.faults().heal();
        }
    }
}
