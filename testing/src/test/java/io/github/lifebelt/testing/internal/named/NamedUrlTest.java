package io.github.lifebelt.testing.internal.named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestCertificates;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedUrlTest {
    private static final String SOURCE = "LIFEBELT_TEST_X_URL";

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        postgresql://u:p@h:1/d?sslmode=require,          h,      1,    d,    u,    p,    sslmode=require
        postgres://u@h,                                  h,      5432, u,    u,    '',   -
        postgresql://u%40x:p%2B%25%2F+%C3%A4@h/d%20e,    h,      5432, 'd e', u@x, p+%/+ä, -
        postgresql://u:p@[::1]:2/d,                      '[::1]', 2,   d,    u,    p,    -
        postgresql://h/d?user=u&password=p%26&options=-c%20x, h, 5432, d,    u,    p&,   options=-c%20x
        jdbc:postgresql://h:1/d?user=u&password=a+b%2Bc&ApplicationName=x, h, 1, d, u, a b+c, ApplicationName=x
        jdbc:postgresql://h/?user=u,                     h,      5432, u,    u,    '',   -
        """)
    void postgresUrlsAreTakenApart(
            String url, String host, int port, String database, String user, String password, String parameters) {
        assertThat(NamedUrl.parse(DatabaseProduct.POSTGRESQL, SOURCE, url))
                .isEqualTo(new NamedUrl(SOURCE, host, port, database, user, password, parameters, false));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        mysql://u:p@h:1/d?ssl-mode=REQUIRED,             h, 1,    d,  u, p,   sslMode=REQUIRED
        mysql://u:p+@h,                                  h, 3306, '', u, p+,  -
        mariadb://u:p@h/d?allowPublicKeyRetrieval=true,  h, 3306, d,  u, p,   allowPublicKeyRetrieval=true
        jdbc:mysql://h/d?user=u&password=p+q&sslMode=REQUIRED, h, 3306, d, u, p q, sslMode=REQUIRED
        jdbc:mysql://u:p%40@h/,                          h, 3306, '', u, p@,  -
        """)
    void mySqlUrlsAreTakenApart(
            String url, String host, int port, String database, String user, String password, String parameters) {
        assertThat(NamedUrl.parse(DatabaseProduct.MARIADB, SOURCE, url))
                .isEqualTo(new NamedUrl(SOURCE, host, port, database, user, password, parameters, false));
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, postgresql://u:p@h/d?sslmode=disable, true",
        "POSTGRESQL, postgresql://u:p@h/d?sslmode=prefer, false",
        "MYSQL, mysql://u:p@h/d?ssl-mode=disabled, true",
        "MYSQL, jdbc:mysql://h/d?user=u&useSSL=false, true",
        "MYSQL, jdbc:mysql://h/d?user=u&sslMode=PREFERRED, false",
    })
    void whoeverSwitchesTlsOffIsKnown(DatabaseProduct product, String url, boolean plain) {
        assertThat(NamedUrl.parse(product, SOURCE, url).plain()).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "mysql://u:secret@h/d",
                "postgresql://u:secret@h:0/d",
                "postgresql://u:secret@h:65536/d",
                "postgresql://u:secret@h:x/d",
                "postgresql://u:secret@h1,h2/d",
                "postgresql://u:secret@/d",
                "postgresql://u:secret@h/d#secret",
                "postgresql://u:secret:secret@h/d",
                "postgresql://u:secret@secret@h/d",
                "postgresql://u:secret%@h/d",
                "postgresql://u:secret%zz@h/d",
                "postgresql://u:secret%ff@h/d",
                "postgresql://u:secret\u00e4@h/d",
                "postgresql://u:secret@h/d?password=secret",
                "postgresql://u:secret@h/d?sslmode=a&sslmode=b",
                "postgresql://u:secret@h/d?sslmode",
                "postgresql://u:secret@h/d?channel_binding=secret",
                "postgresql://:secret@h/d",
                "postgresql://u:1?secret=1&secret=2@h",
                "jdbc:postgresql://h/d?password=secret",
                "jdbc:postgresql:d?user=u&password=secret",
            })
    void whatIsNotUnderstoodIsRefusedWithoutShowingIt(String url) {
        assertThatIllegalStateException()
                .isThrownBy(() -> NamedUrl.parse(DatabaseProduct.POSTGRESQL, SOURCE, url))
                .withMessageContaining(SOURCE)
                .satisfies(e -> assertThat(e).hasNoCause())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void whatMySqlsDriverHasNoWordForIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> NamedUrl.parse(DatabaseProduct.MYSQL, SOURCE, "mysql://u:secret@h/d?ssl-key=x"))
                .withMessageContaining("ssl-key");
        assertThatIllegalStateException()
                .isThrownBy(() -> NamedUrl.parse(DatabaseProduct.MYSQL, SOURCE, "mariadb://u:secret@h/d"));
    }

    @Test
    void anAuthorityIsMadeATrustStoreForMySqlsDriver() throws Exception {
        Path authority = TestCertificates.shared().authority();
        String parameters = NamedUrl.parse(DatabaseProduct.MYSQL, SOURCE, "mysql://u@h/d?ssl-ca=" + authority)
                .parameters();
        assertThat(parameters).startsWith("trustCertificateKeyStoreUrl=file:/");
        Path file = Path.of(parameters.replaceFirst("^[^:]*:([^&]*).*$", "$1"));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, TestCertificates.TRUST_STORE_PASSWORD.toCharArray());
        }
        assertThat(store.size()).isEqualTo(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> NamedUrl.parse(DatabaseProduct.MYSQL, SOURCE, "mysql://u@h/d?ssl-ca=/none"))
                .withMessageContaining("/none");
    }

    @Test
    void itsTextHasNoPassword() {
        assertThat(NamedUrl.parse(DatabaseProduct.POSTGRESQL, SOURCE, "postgresql://u:secret@h/d?sslpassword=secret"))
                .hasToString("u@h:5432, named by " + SOURCE);
    }
}
