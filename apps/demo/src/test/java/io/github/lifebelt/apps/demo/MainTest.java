package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource(Database.class)
    void aStormLosesNothingAndStoresNothingTwice(Database kind) throws Exception {
        int code = run("--seconds", "3", "--seed", "7", "--database", kind.label());

        JsonNode result = result();
        assertThat(result.get("failed").intValue()).as(shown()).isZero();
        assertThat(result.get("unknown").intValue()).as(shown()).isZero();
        assertThat(result.get("lost").intValue()).as(shown()).isZero();
        assertThat(result.get("duplicated").intValue()).as(shown()).isZero();
        assertThat(result.get("kills").intValue()).isPositive();
        assertThat(result.get("restarts").intValue()).isEqualTo(1);
        assertThat(result.get("replaced").intValue()).isPositive();
        assertThat(result.get("committed").intValue()).isPositive();
        assertThat(result.get("retried").intValue()).isPositive();
        assertThat(shown()).contains("units run again: " + result.get("retried").intValue());
        assertThat(code).as(shown()).isEqualTo(isGood(result) ? 0 : 1);
        // Where MySQL's programs do not run, MariaDB's do.
        assertThat(shown()).containsPattern("an embedded (" + kind.title() + "|MariaDB) that");
        assertThat(err.toString(StandardCharsets.UTF_8)).containsPattern("2s units \\d+ .* p99 \\d+ms");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void onAnOwnServerOnlyThePoolsSessionsEndAndTheTablesAreDropped(Database kind) throws Exception {
        try (TestDatabase database = TestDatabase.of(kind.product()).start();
                Connection bystander =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
            run("--url", database.url(), "--seconds", "1", "--threads", "2");

            JsonNode result = result();
            assertThat(result.get("failed").intValue()).as(shown()).isZero();
            assertThat(result.get("unknown").intValue()).as(shown()).isZero();
            assertThat(result.get("lost").intValue()).as(shown()).isZero();
            assertThat(result.get("duplicated").intValue()).as(shown()).isZero();
            assertThat(result.get("kills").intValue()).isPositive();
            assertThat(result.get("restarts").intValue()).isZero();
            assertThat(shown())
                    .contains("not restarted")
                    .doesNotContain(database.password(), "could not always be ended");
            try (Statement statement = bystander.createStatement();
                    ResultSet tables = statement.executeQuery(
                            "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'lifebelt%'")) {
                assertThat(tables.next()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aTokenTableThatIsThereIsUsedAndStays(Database kind) throws Exception {
        try (TestDatabase database = TestDatabase.of(kind.product()).start();
                ConnectionPool pool = ConnectionPool.fromUrl(database.url());
                Connection bystander = pool.getConnection();
                Statement statement = bystander.createStatement()) {
            statement.execute(UnitOfWork.on(pool).tokenTableStatement());

            run("--url", database.url(), "--seconds", "1", "--threads", "2");

            int committed = result().get("committed").intValue();
            assertThat(committed).isPositive();
            try (ResultSet tokens = statement.executeQuery("SELECT count(*) FROM " + TokenTable.NAME)) {
                tokens.next();
                assertThat(tokens.getInt(1)).isGreaterThanOrEqualTo(committed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:hush@localhost:1/app?sslmode=disable",
                "mysql://app:hush@localhost:1/app?ssl-mode=DISABLED",
                "mysql://app:hush@localhost:1/app?ssl-mode=VERIFY_CA&ssl-ca=/no/such/file"
            })
    void anOwnServerThatIsNotThereIsSaidInOneSentence(String url) {
        assertThat(run("--url", url)).isEqualTo(1);
        assertThat(out.size()).isZero();
        assertThat(shown()).contains("The demo broke off").doesNotContain("hush", "\tat ");
    }

    @ParameterizedTest
    @CsvSource({
        "--seconds,  0",
        "--seconds,  soon",
        "--threads,  0",
        "--threads,  1001",
        "--seed,     red",
        "--database, MYSQL",
        "--database, oracle",
        "--url,      mysql://u:hu@sh@h/d",
        "--url,      oracle://u:hush@h/d",
        "--url,      postgresql://u:hu@sh@h/d",
        "--ulr,      postgresql://u:hush@h/d"
    })
    void anOptionThatCannotBeIsNamedAndItsValueIsNot(String option, String value) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(option).doesNotContain("hush", "hu@sh");
        assertThat(out.size()).isZero();
    }

    @Test
    void helpAndVersionAreGiven() {
        assertThat(run("--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--seconds", "lifebelt-demo (");
    }

    private static boolean isGood(JsonNode result) {
        double seconds = result.get("seconds").doubleValue();
        return result.get("failed").intValue() + result.get("unknown").intValue() == 0
                && result.get("kills").intValue() >= 4 * seconds
                && result.get("units").intValue() >= 100 * seconds;
    }

    /** The last line of standard output, with every field it has to have, and of the right kind. */
    private JsonNode result() throws Exception {
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).as(shown()).isNotEmpty();
        String last = lines.get(lines.size() - 1);
        assertThat(last).startsWith("RESULT {");
        JsonNode result = new ObjectMapper().readTree(last.substring("RESULT ".length()));
        List<String> integers = List.of(
                "units",
                "committed",
                "failed",
                "unknown",
                "lost",
                "duplicated",
                "kills",
                "restarts",
                "replaced",
                "retried",
                "resolvedCommits");
        List<String> numbers = List.of("p50Ms", "p99Ms", "seconds");
        assertThat(integers).allMatch(name -> result.path(name).isIntegralNumber());
        assertThat(numbers).allMatch(name -> result.path(name).isNumber());
        assertThat(result.size()).isEqualTo(integers.size() + numbers.size());
        assertThat(result.get("units").intValue())
                .isEqualTo(result.get("committed").intValue()
                        + result.get("failed").intValue()
                        + result.get("unknown").intValue());
        assertThat(result.get("p50Ms").doubleValue())
                .isPositive()
                .isLessThanOrEqualTo(result.get("p99Ms").doubleValue());
        return result;
    }

    private String shown() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        return Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                arguments);
    }
}
