package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aUrlIsTakenApartIntoItsFields() throws Exception {
        assertThat(parse("""
                {"id":"a","input":"postgresql://app:s3cret@db.example.com:5433,[::1]/orders?sslmode=verify-full\
                &sslrootcert=%2Fcerts%2Froot.pem&options=-c%20geqo%3Doff&application_name=api"}""")).isEqualTo(JSON.readTree("""
                        {"id":"a",
                         "expect":{
                           "dialect":"postgresql",
                           "hosts":[{"host":"db.example.com","port":5433},{"host":"::1","port":null}],
                           "database":"orders","user":"app","password":"***",
                           "sslmode":"verify-full","sslrootcert":"/certs/root.pem","options":"-c geqo=off",
                           "params":{"application_name":"api"}},
                         "diagnosis":[]}"""));
    }

    @Test
    void whatWasNotGivenIsNull() throws Exception {
        assertThat(parse("{\"id\":7,\"input\":\"postgresql://db\"}")).isEqualTo(JSON.readTree("""
                        {"id":7,
                         "expect":{
                           "dialect":"postgresql","hosts":[{"host":"db","port":null}],
                           "database":null,"user":null,"password":null,
                           "sslmode":null,"sslrootcert":null,"options":null,"params":{}},
                         "diagnosis":["DATABASE_MISSING"]}"""));
    }

    @Test
    void secretsAreMaskedInParametersToo() throws Exception {
        String line = "{\"id\":1,\"input\":\"jdbc:postgresql://h/d?password=pw-one&sslpassword=pw-two\"}";

        JsonNode masked = parse(line).get("expect");
        assertThat(masked.get("password").textValue()).isEqualTo("***");
        assertThat(masked.get("params").get("sslpassword").textValue()).isEqualTo("***");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("pw-one", "pw-two");

        out.reset();
        JsonNode shown = parse(line, "--show-secrets").get("expect");
        assertThat(shown.get("password").textValue()).isEqualTo("pw-one");
        assertThat(shown.get("params").get("sslpassword").textValue()).isEqualTo("pw-two");
    }

    @Test
    void theRestOfAPasswordIsMaskedWhereItBecameAParameter() throws Exception {
        assertThat(ask("jdbc:postgresql://h/d?password=pw-one&pw-two=pw-three").toString())
                .doesNotContain("pw-one", "pw-two", "pw-three");
    }

    @Test
    void lettersOfAllScriptsPassInBothDirections() throws Exception {
        String line = "{\"id\":\"ключ\",\"input\":\"postgresql://u:%D0%BF%F0%9F%94%91@db/заказы\"}";

        JsonNode answer = parse(line, "--show-secrets");

        assertThat(answer.get("id").textValue()).isEqualTo("ключ");
        assertThat(answer.get("expect").get("password").textValue()).isEqualTo("п🔑");
        assertThat(answer.get("expect").get("database").textValue()).isEqualTo("заказы");
    }

    @Test
    void theVariableDatabaseUrlIsRead() throws Exception {
        JsonNode answer = parse("{\"id\":1,\"env\":{\"DATABASE_URL\":\"postgres://u:p@h:5432/d\",\"PATH\":\"/bin\"}}");

        assertThat(answer.get("expect").get("hosts").get(0).get("port").intValue())
                .isEqualTo(5432);
    }

    @Test
    void theVariablesThatCountAreNamed() throws Exception {
        JsonNode answer = parse("{\"id\":1,\"env\":{\"PGHOST\":\"h\",\"PGPASSWORD\":\"hush\",\"MYSQL_USER\":\"u\"}}");

        assertThat(answer.get("source").textValue()).isEqualTo("environment: PGHOST, PGPASSWORD");
        assertThat(answer.get("expect").get("dialect").textValue()).isEqualTo("postgresql");
        assertThat(answer.toString()).doesNotContain("hush");
    }

    @Test
    void anEnvironmentWithoutADatabaseIsAnError() throws Exception {
        JsonNode answer = parse("{\"id\":1,\"env\":{\"PATH\":\"/bin\"}}");

        assertThat(answer.get("error").get("code").textValue()).isEqualTo("URL_MISSING");
        assertThat(answer.get("error").get("message").textValue()).contains("DATABASE_URL", "PGHOST");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://h/orders?pool_size=5,          UNKNOWN_PARAM",
        "jdbc:mysql://h:abc/orders,                  PORT_NOT_NUMERIC",
        "jdbc:mariadb://h/orders,                    WRONG_SCHEME",
        "oracle://h/orders,                          UNSUPPORTED_DIALECT",
        "gopher://h/orders,                          UNKNOWN_SCHEME",
        "'',                                         URL_MISSING"
    })
    void whatItsOwnRulesRefuseHasTheCodeOfTheRefusal(String url, String code) throws Exception {
        JsonNode answer = ask(url);

        assertThat(answer.get("error").get("code").textValue()).isEqualTo(code);
        assertThat(answer.get("error").get("message").textValue()).isNotBlank().doesNotStartWith("[");
        assertThat(answer.has("expect")).isFalse();
        assertThat(answer.has("refused")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://app:p@ss@db/orders,            UNENCODED_AT",
        "postgresql://h:99999/orders,                PORT_OUT_OF_RANGE",
        "mysql://app:p@ss@db/orders,                 UNENCODED_AT",
        "mysql://h/orders?pool_sise=5,               UNKNOWN_PARAM",
        "jdbc:mysql://h/orders?sslMode=verify-full,  INVALID_SSLMODE",
        "jdbc:mysql:loadbalance://h1/orders,         UNRECOGNISED_FORMAT",
        "postgresql://app:{your_password}@h/orders,  PLACEHOLDER_NOT_REPLACED"
    })
    void whatLeadsNowhereIsReadAllTheSameAndRefused(String url, String code) throws Exception {
        JsonNode answer = ask(url);

        assertThat(answer.has("expect")).isTrue();
        assertThat(answer.get("refused").get("code").textValue()).isEqualTo(code);
        assertThat(answer.get("diagnosis").toString()).contains(code);
        assertThat(answer.toString()).doesNotContain("p@ss");
    }

    @Test
    void aHintSaysWhatAnAdoNetStringIsFor() throws Exception {
        String line = "{\"id\":1,\"input\":\"Server=h;Database=d;User Id=u\"%s}";

        assertThat(parse(line.formatted("")).get("error").get("code").textValue())
                .isEqualTo("DIALECT_AMBIGUOUS");
        out.reset();
        assertThat(parse(line.formatted(",\"dialectHint\":\"mysql\""))
                        .get("expect")
                        .get("dialect")
                        .textValue())
                .isEqualTo("mysql");
    }

    private JsonNode ask(String url) throws Exception {
        return parse(JSON.createObjectNode().put("id", 1).put("input", url).toString());
    }

    @Test
    void aLineThatIsNoJsonIsAnsweredWithItsNumberAndTheNextOneIsRead() throws Exception {
        List<JsonNode> answers = parseAll("""
                {"id":1,"input":"postgresql://h/d"}

                {"id":2,"input":"postgresql://u:hush@h/d"
                {"id":3,"input":"postgresql://h/d"} {}
                {"id":4,"input":"postgresql://h/d"}
                """);

        assertThat(answers).hasSize(4);
        assertThat(answers.get(1).get("error").get("code").textValue()).isEqualTo("INVALID_JSON");
        assertThat(answers.get(1).get("error").get("line").intValue()).isEqualTo(3);
        assertThat(answers.get(1).get("id").isNull()).isTrue();
        assertThat(answers.get(1).toString()).doesNotContain("hush");
        assertThat(answers.get(2).get("error").get("line").intValue()).isEqualTo(4);
        assertThat(answers.get(3).get("id").intValue()).isEqualTo(4);
        assertThat(answers.get(3).has("expect")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]",
                "null",
                "42",
                "{\"id\":1}",
                "{\"id\":1,\"input\":5}",
                "{\"id\":1,\"input\":null}",
                "{\"id\":1,\"env\":\"DATABASE_URL=x\"}",
                "{\"id\":1,\"env\":{\"DATABASE_URL\":5}}",
                "{\"id\":1,\"input\":\"postgresql://h\",\"env\":{}}"
            })
    void jsonThatAsksNothingIsAnsweredWithItsLine(String line) throws Exception {
        JsonNode answer = parse(line);

        assertThat(answer.get("error").get("code").textValue()).isEqualTo("INVALID_QUESTION");
        assertThat(answer.get("error").get("line").intValue()).isEqualTo(1);
    }

    @Test
    void withoutACommandTheUsageIsShown() {
        assertThat(run("")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: lifebelt-doctor", "parse");
        assertThat(out.size()).isZero();
    }

    @Test
    void aUrlInTheWrongPlaceIsNotRepeated() {
        assertThat(run("", "postgresql://u:hush@h/d")).isEqualTo(2);
        assertThat(run("", "parse", "postgresql://u:hush@h/d")).isEqualTo(2);
        assertThat(run("", "parse", "--url=postgresql://u:hush@h/d")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--url").doesNotContain("hush");
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(run("", "--help")).isZero();
        assertThat(run("", "parse", "--help")).isZero();
        assertThat(run("", "doctor", "--help")).isZero();
        assertThat(run("", "--version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Usage: lifebelt-doctor", "--show-secrets", "--no-connect", "lifebelt-doctor (");
        assertThat(err.size()).isZero();
    }

    private JsonNode parse(String line, String... options) throws Exception {
        List<JsonNode> answers = parseAll(line, options);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private List<JsonNode> parseAll(String lines, String... options) throws Exception {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "parse";
        System.arraycopy(options, 0, arguments, 1, options.length);
        assertThat(run(lines, arguments)).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        return JSON.readerFor(JsonNode.class)
                .<JsonNode>readValues(out.toByteArray())
                .readAll();
    }

    private int run(String input, String... arguments) {
        return Main.run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err, arguments);
    }
}
