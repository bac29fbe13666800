package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "s3cr3t-word";
    private static final List<String> LAYERS = List.of("secret", "dns", "tcp", "tls", "auth", "server", "pool");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    private int run(String... arguments) {
        out.reset();
        String[] all = new String[arguments.length + 1];
        all[0] = "doctor";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int code = Main.run(environment, InputStream.nullInputStream(), out, err, all);
        assertThat(text() + err.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
        return code;
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private JsonNode json() throws Exception {
        assertThat(text().strip().lines()).hasSize(1);
        return JSON.readTree(text());
    }

    private static String status(JsonNode report, String layer) {
        for (JsonNode one : report.get("layers")) {
            if (one.get("layer").textValue().equals(layer)) {
                return one.get("status").textValue();
            }
        }
        throw new AssertionError("no layer " + layer);
    }

    private static JsonNode finding(JsonNode report, String code) {
        for (JsonNode one : report.get("findings")) {
            if (one.get("code").textValue().equals(code)) {
                return one;
            }
        }
        throw new AssertionError("no finding " + code + " in " + report);
    }

    @Test
    void aRefusedConnectionIsAnErrorOfTheLine() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        int code = run("--json", "postgresql://app:" + SECRET + "@127.0.0.1:" + port + "/orders");

        assertThat(code).isEqualTo(1);
        JsonNode report = json();
        assertThat(names(report)).containsExactlyInAnyOrder("target", "verdict", "layers", "findings");
        assertThat(report.get("verdict").textValue()).isEqualTo("BROKEN");
        assertThat(report.get("layers").findValuesAsText("layer")).isEqualTo(LAYERS);
        assertThat(report.get("layers").findValuesAsText("status"))
                .containsExactly("ok", "ok", "failed", "skipped", "skipped", "skipped", "skipped");
        assertThat(report.get("layers").get(0).get("millis").isIntegralNumber()).isTrue();
        assertThat(report.get("target").get("hosts").get(0).get("port").intValue())
                .isEqualTo(port);
        JsonNode refused = finding(report, "TCP_REFUSED");
        assertThat(names(refused)).containsExactlyInAnyOrder("code", "severity", "layer", "what", "fix");
        assertThat(refused.get("severity").textValue()).isEqualTo("ERROR");
        assertThat(refused.get("layer").textValue()).isEqualTo("tcp");
    }

    private static TreeSet<String> names(JsonNode object) {
        TreeSet<String> names = new TreeSet<>();
        for (Iterator<String> name = object.fieldNames(); name.hasNext(); ) {
            names.add(name.next());
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://app:%7Byour_password%7D@db.example.com/orders|PLACEHOLDER_NOT_REPLACED",
                "mysql://app:$%7BDB_PASSWORD%7D@db.example.com/orders|VARIABLE_NOT_EXPANDED",
                "postgresql://app:%40Microsoft.KeyVault(VaultName=v;SecretName=s)@db.example.com/d"
                        + "|KEYVAULT_REFERENCE_UNRESOLVED",
                "postgresql://app:s3cr3t-word@x@db.example.com/orders|UNENCODED_AT",
                "oracle://app:s3cr3t-word@db.example.com/orders|UNSUPPORTED_DIALECT"
            })
    void whatIsWrittenWrongIsToldBeforeAnythingIsSent(String url, String expected) throws Exception {
        assertThat(run("--json", url)).isEqualTo(1);
        JsonNode report = json();
        assertThat(status(report, "secret")).isEqualTo("failed");
        LAYERS.stream()
                .skip(1)
                .forEach(layer -> assertThat(status(report, layer)).isEqualTo("skipped"));
        assertThat(finding(report, expected).get("layer").textValue()).isEqualTo("secret");
        assertThat(finding(report, expected).get("severity").textValue()).isEqualTo("ERROR");
    }

    @Test
    void whoDoesNotConnectIsHealthyOnPaper() throws Exception {
        assertThat(run("--json", "--no-connect", "mysql://app:" + SECRET + "@no-such-host.invalid/orders"))
                .isZero();
        JsonNode report = json();
        assertThat(report.get("verdict").textValue()).isEqualTo("DEGRADED");
        assertThat(report.get("layers").findValuesAsText("status"))
                .containsExactly("ok", "skipped", "skipped", "skipped", "skipped", "skipped", "ok");
        assertThat(finding(report, "TLS_NOT_VERIFIED").get("severity").textValue())
                .isEqualTo("WARNING");
    }

    @Test
    void theEnvironmentIsReadWithItsSettings() throws Exception {
        environment.put("DATABASE_URL", "postgresql://app:" + SECRET + "@localhost/orders");
        assertThat(run("--json", "--no-connect")).isZero();
        assertThat(json().get("target").get("source").textValue()).contains("DATABASE_URL");
        environment.put("LIFEBELT_MAX_SIZE", "none");
        assertThat(run("--json", "--no-connect")).isEqualTo(1);
        assertThat(finding(json(), "INVALID_SETTING").get("layer").textValue()).isEqualTo("pool");
        environment.put("LIFEBELT_MAX_SIZE", "7");
        assertThat(run("--json", "--no-connect")).isZero();
    }

    @Test
    void anEnvironmentWithoutADatabaseSaysSo() throws Exception {
        assertThat(run("--json")).isEqualTo(1);
        assertThat(finding(json(), "URL_MISSING").get("fix").textValue()).contains("DATABASE_URL");
    }

    @Test
    void peopleReadTheSameInWords() {
        assertThat(run("--no-connect", "postgresql://app:" + SECRET + "@db.example.com/orders?sslmode=require"))
                .isZero();
        assertThat(text())
                .startsWith("postgresql://app@db.example.com/orders: DEGRADED\n")
                .contains("  tcp     skipped\n", "WARNING TLS_NOT_VERIFIED (tls)\n", "  Fix: Write sslmode=verify-full")
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--unknown", "--replicas=none", "--replicas=0", "--surge=-1", "--timeout=10", "--timeout=1ms"})
    void whatCannotBeAskedIsUsage(String argument) {
        assertThat(run(argument, "--no-connect", "postgresql://localhost/d")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: lifebelt-doctor doctor");
        assertThat(text()).isEmpty();
    }

    @Test
    void twoUrlsAreUsage() {
        assertThat(run("postgresql://u:" + SECRET + "@h/d", "postgresql://u:" + SECRET + "@h/d"))
                .isEqualTo(2);
    }
}
