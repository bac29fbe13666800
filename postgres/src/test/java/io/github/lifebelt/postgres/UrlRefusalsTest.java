package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes that are not in the corpus. Each password is made of the letters q, x and z, which no message has alone. */
@Tag("smoke")
class UrlRefusalsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://app:qxz@xqz:zzx@db/orders | UNENCODED_AT",
                "postgresql://app:qxz/xqz@db:5432/orders | UNENCODED_SLASH",
                "postgresql://app:1234/xqz@db/orders | UNENCODED_SLASH",
                "postgresql://app:qxz@/xqz@db/orders | UNENCODED_AT",
                "postgresql://app:qxz@xqz/zxq@db/orders | UNENCODED_AT",
                "postgresql://app:qxz@&xqz/orders | HOST_INVALID",
                "postgresql://app:1234/qxz?xqz&zxq@db/orders | PARAM_WITHOUT_VALUE",
                "postgresql://app:1234/qxz?xqz=zxq@db/orders | UNKNOWN_PARAM",
                "postgresql://app:qxz#@@db/orders | UNENCODED_AT",
                "postgresql://app:qxz%zz@db/orders | INVALID_PERCENT_ENCODING",
                "postgresql://app:qxz%00@db/orders | INVALID_PERCENT_ENCODING",
                "postgresql://app:qxz%ff@db/orders | INVALID_PERCENT_ENCODING",
                "postgresql://db/orders?user=app&password=qxz&xqz | PARAM_WITHOUT_VALUE",
                "postgresql://db/orders?user=app&password=qxz&xqz=zxq | UNKNOWN_PARAM",
                "postgresql://db/orders?user=app&password=qxz=xqz | EXTRA_EQUALS_IN_PARAM",
                "postgresql://app:qxz@${DB_HOST}/orders | HOST_INVALID",
                "postgresql://app:qxz@db:0/orders | PORT_OUT_OF_RANGE",
                "postgresql://app:qxz@db:99999999999/orders | PORT_OUT_OF_RANGE",
                "postgresql://app:qxz@::1/orders | PORT_NOT_NUMERIC",
                "postgresql://app:qxz@[]/orders | IPV6_ADDRESS_EMPTY",
                "postgresql://app:qxz@[::1]5432/orders | IPV6_BRACKET_TRAILING_TEXT",
                "postgresql://app:qxz@a,b/orders?port=1,2,3 | PORT_COUNT_MISMATCH",
                "postgresql:app:qxz@db/orders | UNRECOGNISED_FORMAT",
                "postgresql+psycopg://app:qxz@xqz@db/orders | UNENCODED_AT",
                "'postgresql://app:qxz@db/orders' | UNRECOGNISED_FORMAT",
                "postgresql://app:${QXZ}@db/orders | VARIABLE_NOT_EXPANDED",
                "postgresql://app:{your_password}@db/orders | PLACEHOLDER_NOT_REPLACED",
                "host=db password=@Microsoft.KeyVault(VaultName=v;SecretName=s) | KEYVAULT_REFERENCE_UNRESOLVED",
                "host=db password='qxz | KV_UNTERMINATED_QUOTE",
                "host=db password=qxz xqz user=app | KV_MISSING_EQUALS",
                "Host=db;Username=app;Password=qxz;xqz=zxq | UNKNOWN_PARAM",
                "Host=db;Username=app;Password=qxz;xqz | ADONET_SYNTAX",
                "jdbc:postgresql://db/orders?user=app&password=qxz&xqz | UNENCODED_AMPERSAND",
                "jdbc:postgresql://db/orders?user=app&password=qxz&xqz=zxq | UNENCODED_AMPERSAND",
                "jdbc:postgresql://db/orders?password=qxz%zz | INVALID_PERCENT_ENCODING",
                "jdbc:postgresql://app:qxz/xqz@db:5432/orders | JDBC_EXTRA_SLASH",
                "jdbc:postgresql://app:qxz@db/orders | PORT_NOT_NUMERIC",
                "jdbc:postgresql://app:qxz@db:5432/orders | USERINFO_IN_JDBC_URL",
                "JDBC:postgresql://db/orders?password=qxz | UNRECOGNISED_FORMAT"
            },
            quoteCharacter = '"')
    void isRefusedWithoutShowingThePassword(String url, String code) {
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> DatabaseUrl.parse(url));
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        for (Throwable t = refused; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain("qxz", "xqz", "zxq", "zzx", url);
        }
    }

    @Test
    void knownNamesMayFollowThePassword() {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql://db/orders?password=qxz&lifebelt.max-size=7&password=xqz"
                + "&ApplicationName=a&password=zxq&connect_timeout=5&sslmode=require");
        assertThat(url.credentials().secret()).isEqualTo("zxq");
        assertThat(url.settings()).isEqualTo(Map.of("max-size", "7"));
        assertThat(url.parameters()).isEqualTo(Map.of("ApplicationName", "a", "connect_timeout", "5"));
    }

    @ParameterizedTest
    @CsvSource({
        "db.example.com, db.example.com",
        "my_service, my_service",
        "b%C3%BCcher.example, bücher.example",
        "[fe80::1%25eth0], fe80::1%eth0",
        "%2Fcloudsql%2Fproject%3Aregion%3Ainstance, /cloudsql/project:region:instance"
    })
    void whatAHostMayBeCalled(String written, String host) {
        assertThat(DatabaseUrl.parse("postgresql://" + written + "/orders")
                        .hosts()
                        .get(0)
                        .name())
                .isEqualTo(host);
        assertThat(DatabaseUrl.parse("postgresql://h/a%40b").database()).isEqualTo("a@b");
    }

    /** Whatever an unencoded password does to a URL: neither its beginning nor its end comes to light. */
    @Test
    void noPieceOfAPasswordThatWasNotEncodedIsShown() {
        String special = "ab1@:/?#[]&=%+,; $-_.";
        Random random = new Random(20_261_121);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder password = new StringBuilder("Zq9");
            random.ints(random.nextInt(6), 0, special.length()).forEach(at -> password.append(special.charAt(at)));
            password.append("xW7kk");
            for (String form : List.of(
                    "postgresql://app:%s@db.example.com:5432/orders?sslmode=require",
                    "postgres://app:%s@h1:1,h2/",
                    "postgresql://db/orders?user=app&password=%s&connect_timeout=3",
                    "jdbc:postgresql://db:5432/orders?user=app&password=%s&sslmode=require",
                    "jdbc:postgresql://app:%s@db/orders")) {
                String shown = shown(form.replace("%s", password));
                if (shown.contains("Zq9") || shown.contains("xW7kk")) {
                    fail(form.replace("%s", password) + " is shown as " + shown);
                }
            }
        }
    }

    private static String shown(String text) {
        // Asked for directly: the service loader would take most of the test's time.
        PostgresDialect dialect = new PostgresDialect();
        StringBuilder shown = new StringBuilder();
        try {
            DatabaseUrl url = dialect.read(UrlReader.Format.URL, text).get();
            shown.append(url).append(url.target()).append(url.credentials());
            shown.append(dialect.jdbcUrl(url));
        } catch (ConfigurationException e) {
            shown.append(e).append(e.getCause());
        }
        return shown.toString();
    }
}
