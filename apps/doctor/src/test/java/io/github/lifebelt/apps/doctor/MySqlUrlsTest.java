package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code parse} makes of MySQL's URLs: the dialect's reading, in the words that all databases share. */
class MySqlUrlsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aUriIsTakenApartIntoItsFields() throws Exception {
        assertThat(parse("mysql://app:s%40cret@db.example.com:3307,[::1]/shop?ssl-mode=VERIFY_IDENTITY"
                        + "&ssl-ca=%2Fcerts%2Fca.pem&connectionTimeZone=UTC"))
                .isEqualTo(JSON.readTree("""
                        {"dialect":"mysql",
                         "hosts":[{"host":"db.example.com","port":3307},{"host":"::1","port":null}],
                         "database":"shop","user":"app","password":"s@cret",
                         "sslmode":"verify-full","sslrootcert":"/certs/ca.pem","options":null,
                         "params":{"connectionTimeZone":"UTC"}}"""));
    }

    @Test
    void aUrlOfTheDriverIsReadByTheDriversRules() throws Exception {
        // The driver fills in the port, where a URI leaves it open.
        assertThat(parse("jdbc:mysql://h/shop?user=app&useSSL=true&requireSSL=true"))
                .isEqualTo(JSON.readTree("""
                        {"dialect":"mysql","hosts":[{"host":"h","port":3306}],
                         "database":"shop","user":"app","password":null,
                         "sslmode":"require","sslrootcert":null,"options":null,
                         "params":{"useSSL":"true","requireSSL":"true"}}"""));
    }

    @Test
    void mariaDbIsSpokenToByTheSameDialect() throws Exception {
        JsonNode read = parse("mariadb://app@h/shop");

        assertThat(read.get("dialect").textValue()).isEqualTo("mysql");
        assertThat(read.get("hosts").get(0).get("port").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "DISABLED,        disable",
        "PREFERRED,       prefer",
        "REQUIRED,        require",
        "VERIFY_CA,       verify-ca",
        "VERIFY_IDENTITY, verify-full"
    })
    void theDriversNamesOfSslModesAreGivenInTheSharedOnes(String drivers, String shared) throws Exception {
        assertThat(parse("jdbc:mysql://h/shop?sslMode=" + drivers)
                        .get("sslmode")
                        .textValue())
                .isEqualTo(shared);
        assertThat(parse("mysql://h/shop?ssl-mode=" + drivers).get("sslmode").textValue())
                .isEqualTo(shared);
    }

    @Test
    void thePasswordsOfTheDriversKeyStoresAreMasked() throws Exception {
        String url = "jdbc:mysql://u:pw-one@h/d?sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file:/t.p12"
                + "&trustCertificateKeyStorePassword=pw-two&clientCertificateKeyStorePassword=pw-three";

        String answer = answer(url);

        assertThat(answer).contains("file:/t.p12").doesNotContain("pw-one", "pw-two", "pw-three");
        assertThat(JSON.readTree(answer).get("expect").get("params").get("trustCertificateKeyStorePassword"))
                .hasToString("\"***\"");
    }

    private static JsonNode parse(String url) throws Exception {
        JsonNode answer = JSON.readTree(answer(url, "--show-secrets"));
        assertThat(answer.has("expect")).as("%s", answer).isTrue();
        return answer.get("expect");
    }

    private static String answer(String url, String... options) {
        String line = JSON.createObjectNode().put("id", 1).put("input", url).toString();
        String[] arguments = new String[options.length + 1];
        arguments[0] = "parse";
        System.arraycopy(options, 0, arguments, 1, options.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)), out, err, arguments);
        assertThat(code).as("%s", err).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }
}
