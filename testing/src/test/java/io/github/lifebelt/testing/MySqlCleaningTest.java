package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@ParameterizedClass
@MethodSource("io.github.lifebelt.testing.Products#mysqlFamily")
class MySqlCleaningTest {
    private static final int TABLES = 10;
    private static final int ROUNDS = 15;

    private static TestDatabase database;

    @Parameter
    private DatabaseProduct product;

    private Connection connection;

    @BeforeParameterizedClassInvocation
    static void start(DatabaseProduct product) {
        database = TestDatabase.of(product).tls(false).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        database.close();
    }

    @BeforeEach
    void makeSchema() throws SQLException {
        database.makeEmpty();
        connection = Sessions.open(database);
        for (int i = 0; i < TABLES; i++) {
            execute("CREATE TABLE t" + i + " (id BIGINT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(100) UNIQUE,"
                    + " parent BIGINT, twice VARCHAR(200) GENERATED ALWAYS AS (concat(note, note)) STORED,"
                    + " length INT GENERATED ALWAYS AS (char_length(note)) VIRTUAL,"
                    + " CONSTRAINT parent_of_" + i + " FOREIGN KEY (parent) REFERENCES t" + Math.max(0, i - 1)
                    + " (id) ON DELETE CASCADE)");
        }
        execute("INSERT INTO t0 (note) VALUES ('first'), ('second')");
        execute("INSERT INTO t1 (note, parent) VALUES ('child', 2)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void rowsAndCountersAreAsTheyWere() throws SQLException {
        database.markClean(Cleaning.AUTOMATIC);
        for (int round = 0; round < 3; round++) {
            execute("DELETE FROM t1");
            execute("UPDATE t0 SET note = concat(note, ' changed')");
            execute("INSERT INTO t0 (note) VALUES ('third'), ('fourth')");
            execute("INSERT INTO t5 (note) VALUES ('more')");

            database.restoreClean();

            assertThat(query("SELECT group_concat(note ORDER BY id) FROM t0")).isEqualTo("first,second");
            assertThat(query("SELECT concat(note, parent, twice, length) FROM t1"))
                    .isEqualTo("child2childchild5");
            assertThat(query("SELECT count(*) FROM t5")).isEqualTo("0");
            execute("INSERT INTO t0 (note) VALUES ('x')");
            assertThat(query("SELECT last_insert_id()")).isEqualTo("3");
            execute("INSERT INTO t5 (note) VALUES ('x')");
            assertThat(query("SELECT last_insert_id()")).isEqualTo("1");
            database.restoreClean();
        }
    }

    @Test
    void deletingAParentTakesItsChildrenAndBothComeBack() throws SQLException {
        database.markClean(Cleaning.AUTOMATIC);
        execute("DELETE FROM t0");
        assertThat(query("SELECT count(*) FROM t1")).isEqualTo("0");
        database.restoreClean();
        assertThat(query("SELECT concat(c.note, ' of ', p.note) FROM t1 c JOIN t0 p ON p.id = c.parent"))
                .isEqualTo("child of second");
    }

    @Test
    void tablesThatWereMadeChangedOrDroppedAreAsTheyWere() throws SQLException {
        execute("INSERT INTO t9 (note) VALUES ('kept')");
        database.markClean(Cleaning.AUTOMATIC);
        String before = query("SELECT group_concat(note) FROM t0");
        execute("CREATE TABLE extra (id INT PRIMARY KEY)");
        execute("CREATE TABLE child_of_extra (id INT REFERENCES extra (id))");
        execute("ALTER TABLE t0 ADD COLUMN more INT DEFAULT 7");
        execute("DROP TABLE t9");
        execute("CREATE VIEW v AS SELECT * FROM extra");

        database.restoreClean();

        assertThat(query("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'app'"))
                .isEqualTo(Integer.toString(TABLES));
        assertThat(query("SELECT group_concat(note) FROM t0")).isEqualTo(before);
        assertThat(query("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'app'"
                        + " AND column_name = 'more'"))
                .isEqualTo("0");
        assertThat(query("SELECT note FROM t9")).isEqualTo("kept");
        // Foreign keys hold again.
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> execute("INSERT INTO t9 (parent) VALUES (12345)"))
                .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(1452));
    }

    @Test
    void viewsTriggersAndRoutinesAreAsTheyWere() throws SQLException {
        execute("CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100))");
        // The second is of the first, though it comes first in the alphabet.
        execute("CREATE VIEW z_view AS SELECT note FROM t0");
        execute("CREATE VIEW a_view AS SELECT note FROM z_view WHERE note <> 'it''s'");
        execute("CREATE TRIGGER logging AFTER INSERT ON t0 FOR EACH ROW INSERT INTO log (what) VALUES (NEW.note)");
        execute("CREATE PROCEDURE empty_log() BEGIN DELETE FROM log; SELECT 1; END");
        execute("CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n");
        database.markClean(Cleaning.AUTOMATIC);
        execute("INSERT INTO t0 (note) VALUES ('third')");
        assertThat(query("SELECT what FROM log")).isEqualTo("third");
        execute("DROP VIEW z_view");
        execute("DROP VIEW a_view");
        execute("DROP TRIGGER logging");
        execute("DROP PROCEDURE empty_log");
        execute("DROP FUNCTION doubled");
        execute("CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC RETURN 3 * n");
        execute("CREATE TRIGGER other BEFORE DELETE ON t0 FOR EACH ROW SIGNAL SQLSTATE '45000'");
        execute("CREATE FUNCTION extra() RETURNS INT DETERMINISTIC RETURN 1");

        database.restoreClean();

        assertThat(query("SELECT count(*) FROM log")).isEqualTo("0");
        assertThat(query("SELECT count(*) FROM a_view")).isEqualTo("2");
        assertThat(query("SELECT doubled(4)")).isEqualTo("8");
        assertThat(query("SELECT count(*) FROM information_schema.routines WHERE routine_schema = 'app'"))
                .isEqualTo("2");
        execute("INSERT INTO t0 (note) VALUES ('again')");
        assertThat(query("SELECT group_concat(what) FROM log")).isEqualTo("again");
        execute("CALL empty_log()");
        execute("DELETE FROM t0");

        // A trigger that is as it was does not fire while its table gets its rows back.
        database.restoreClean();
        database.restoreClean();
        assertThat(query("SELECT count(*) FROM log")).isEqualTo("0");
        assertThat(query("SELECT count(*) FROM t0")).isEqualTo("2");
    }

    @Test
    void aDatabaseThatWasDroppedIsThereAgain() throws SQLException {
        database.markClean(Cleaning.AUTOMATIC);
        execute("DROP DATABASE app");
        database.restoreClean();
        try (Connection fresh = Sessions.open(database)) {
            assertThat(Sessions.query(fresh, "SELECT count(*) FROM t0")).isEqualTo("2");
        }
    }

    @Test
    void idleSessionsGoOnAndOpenTransactionsAreEnded() throws SQLException {
        database.markClean(Cleaning.TRUNCATE);
        try (Connection open = Sessions.open(database)) {
            open.setAutoCommit(false);
            Sessions.execute(open, "INSERT INTO t0 (note) VALUES ('not committed')");
            int id = Sessions.pid(connection);
            execute("INSERT INTO t0 (note) VALUES ('third')");

            database.restoreClean();

            assertThat(Sessions.pid(connection)).isEqualTo(id);
            assertThat(query("SELECT count(*) FROM t0")).isEqualTo("2");
            assertThat(Sessions.answers(open)).isFalse();
        }
    }

    @Test
    void aSequenceGoesOnWhereItStood() throws SQLException {
        if (product == DatabaseProduct.MARIADB) {
            execute("CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10");
            assertThat(query("SELECT next value FOR numbers")).isEqualTo("100");
            database.markClean(Cleaning.AUTOMATIC);
            String next = query("SELECT next_not_cached_value FROM numbers");
            execute("SELECT setval(numbers, 100000)");
            database.restoreClean();
            assertThat(query("SELECT next_not_cached_value FROM numbers")).isEqualTo(next);
        }
    }

    @Test
    void thereAreNoTemplates() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> database.markClean(Cleaning.TEMPLATE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, TABLES})
    void whatACleanDatabaseCosts(int changed) throws SQLException {
        database.markClean(Cleaning.AUTOMATIC);
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            for (int t = 0; t < changed; t++) {
                execute("INSERT INTO t" + t + " (note) VALUES ('one'), ('two'), ('three')");
            }
            long start = System.nanoTime();
            database.restoreClean();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        LoggerFactory.getLogger(MySqlCleaningTest.class)
                .info(
                        "{}, {} of {} tables changed: median {} ms, {} to {} ms",
                        product,
                        changed,
                        TABLES,
                        nanos[ROUNDS / 2] / 1_000_000,
                        nanos[0] / 1_000_000,
                        nanos[ROUNDS - 1] / 1_000_000);
        assertThat(query("SELECT count(*) FROM t0")).isEqualTo("2");
    }

    private void execute(String sql) throws SQLException {
        Sessions.execute(connection, sql);
    }

    private String query(String sql) throws SQLException {
        return Sessions.query(connection, sql);
    }
}
