package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class CleaningTest {
    private static final Logger LOG = LoggerFactory.getLogger(CleaningTest.class);
    private static final int MOST_SERIES = 5;
    private static final int TABLES = 10;
    private static final int ROUNDS = 15;
    private static final Duration PROMISED = Duration.ofMillis(50);

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.postgres().start();
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void makeSchema() throws SQLException {
        database.makeEmpty();
        try (Connection connection = Sessions.open(database)) {
            for (int i = 0; i < TABLES; i++) {
                Sessions.execute(
                        connection,
                        "CREATE TABLE t" + i + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text UNIQUE,"
                                + " parent bigint REFERENCES t" + Math.max(0, i - 1)
                                + ", twice bigint GENERATED ALWAYS AS (2 * id) STORED)");
            }
            Sessions.execute(connection, "INSERT INTO t0 (note) VALUES ('first'), ('second')");
            Sessions.execute(connection, "INSERT INTO t1 (note, parent) VALUES ('child', 2)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TEMPLATE", "TRUNCATE"})
    void rowsAndCountersAreAsTheyWere(Cleaning how) throws SQLException {
        database.markClean(how);
        for (int round = 0; round < 3; round++) {
            try (Connection connection = Sessions.open(database)) {
                Sessions.execute(connection, "DELETE FROM t1");
                Sessions.execute(connection, "UPDATE t0 SET note = note || ' changed'");
                Sessions.execute(connection, "INSERT INTO t0 (note) VALUES ('third'), ('fourth')");
                Sessions.execute(connection, "INSERT INTO t5 (note) VALUES ('more')");
            }
            database.restoreClean();
            try (Connection connection = Sessions.open(database)) {
                assertThat(Sessions.query(connection, "SELECT string_agg(note, ',' ORDER BY id) FROM t0"))
                        .isEqualTo("first,second");
                assertThat(Sessions.query(connection, "SELECT note || parent || twice FROM t1"))
                        .isEqualTo("child22");
                assertThat(Sessions.query(connection, "SELECT count(*) FROM t5"))
                        .isEqualTo("0");
                assertThat(Sessions.query(connection, "INSERT INTO t0 (note) VALUES ('x') RETURNING id"))
                        .isEqualTo("3");
                assertThat(Sessions.query(connection, "INSERT INTO t5 (note) VALUES ('x') RETURNING id"))
                        .isEqualTo("1");
            }
            database.restoreClean();
        }
    }

    @Test
    void aTemplateBringsBackTheSchemaToo() throws SQLException {
        database.markClean(Cleaning.TEMPLATE);
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "DROP TABLE t9");
            Sessions.execute(connection, "CREATE TABLE extra (id int)");
            connection.setAutoCommit(false);
            Sessions.execute(connection, "INSERT INTO t0 (note) VALUES ('not committed')");

            database.restoreClean();

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
        }
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.query(
                            connection, "SELECT to_regclass('t9') IS NOT NULL AND to_regclass('extra') IS NULL"))
                    .isEqualTo("t");
        }
    }

    @Test
    void truncatingLeavesSessionsAlone() throws SQLException {
        database.markClean(Cleaning.TRUNCATE);
        try (Connection connection = Sessions.open(database)) {
            int pid = Sessions.pid(connection);
            Sessions.execute(connection, "INSERT INTO t0 (note) VALUES ('third')");
            database.restoreClean();
            assertThat(Sessions.pid(connection)).isEqualTo(pid);
            assertThat(Sessions.query(connection, "SELECT count(*) FROM t0")).isEqualTo("2");
        }
    }

    /** On a machine that is busy with other things one of a few series has to have a round that was left alone. */
    @ParameterizedTest
    @EnumSource(names = {"TEMPLATE", "TRUNCATE"})
    void aCleanDatabaseCostsNoMoreThanWasPromised(Cleaning how) throws SQLException {
        database.markClean(how);
        Duration best = measure(how);
        for (int series = 1; series < MOST_SERIES && best.compareTo(PROMISED) > 0; series++) {
            Duration least = measure(how);
            best = least.compareTo(best) < 0 ? least : best;
        }
        assertThat(best).isLessThanOrEqualTo(PROMISED);
    }

    /** What the quickest round took: others are longer by what the machine does beside it. */
    private static Duration measure(Cleaning how) throws SQLException {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            try (Connection connection = Sessions.open(database)) {
                Sessions.execute(connection, "INSERT INTO t0 (note) SELECT 'row ' || n FROM generate_series(1, 100) n");
            }
            long start = System.nanoTime();
            database.restoreClean();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        LOG.info(
                "{}: median {} ms, {} to {} ms",
                how,
                nanos[ROUNDS / 2] / 1_000_000,
                nanos[0] / 1_000_000,
                nanos[ROUNDS - 1] / 1_000_000);
        return Duration.ofNanos(nanos[0]);
    }
}
