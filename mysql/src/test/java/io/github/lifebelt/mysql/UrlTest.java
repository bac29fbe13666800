package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both formats, read and refused. Each password that is wrong is made of q, x and z, which no message has alone. */
@Tag("smoke")
class UrlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // URIs.
                "mysql://app:s3cret@h:3306/shop | h:3306 | shop | app | s3cret | - | - | {}",
                "MySQL://app@h/shop | h | shop | app | - | - | - | {}",
                "mariadb://app:pw@h:3306/shop | h:3306 | shop | app | pw | - | - | {}",
                "mysql://b0600:pw@us-cdbr-east-05.cleardb.net/heroku_abc?reconnect=true |"
                        + " us-cdbr-east-05.cleardb.net | heroku_abc | b0600 | pw | - | - | {reconnect=true}",
                "mysql://app:pw@h/shop?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca.pem |"
                        + " h | shop | app | pw | VERIFY_FULL | /ca.pem | {}",
                "mysql://app:pw@h/shop?sslmode=required | h | shop | app | pw | REQUIRE | - | {}",
                "mysql://app:pw@h/shop?ssl_mode=verify-ca&ssl_ca=ca.pem | h | shop | app | pw | VERIFY_CA | ca.pem | {}",
                "mysql://h/shop?sslMode=DISABLED&user=app&password=p%26w | h | shop | app | p&w | DISABLE | - | {}",
                "mysql://h/shop?ssl=true | h | shop | - | - | REQUIRE | - | {}",
                "mysql://a%40b:p+w%2F%3A@h/sh%20op | h | sh op | a@b | p+w/: | - | - | {}",
                "mysql://h1,h2:3307/shop | h1,h2:3307 | shop | - | - | - | - | {}",
                "mysql://app@[::1]:3307/shop | [::1]:3307 | shop | app | - | - | - | {}",
                "mysql://h | h | - | - | - | - | - | {}",
                "mysql:///shop | | shop | - | - | - | - | {}",
                "mysql://h/shop?sessionVariables=sql_mode='ANSI' | h | shop | - | - | - | - |"
                        + " {sessionVariables=sql_mode='ANSI'}",
                // JDBC.
                "jdbc:mysql://srv.mysql.database.azure.com:3306/shop?sslMode=REQUIRED&user=app&password=s3cret |"
                        + " srv.mysql.database.azure.com:3306 | shop | app | s3cret | REQUIRE | - | {}",
                "JDBC:MySQL://h/shop?User=app | h:3306 | shop | app | - | - | - | {}",
                "jdbc:mysql://app:p%40ss@h/shop | h:3306 | shop | app | p@ss | - | - | {}",
                "jdbc:mysql://app:p+w@h/a+b | h:3306 | a b | app | p w | - | - | {}",
                "jdbc:mysql://h:3306 | h:3306 | - | - | - | - | - | {}",
                "jdbc:mysql:///shop | localhost:3306 | shop | - | - | - | - | {}",
                "jdbc:mysql://h1,h2:3307/shop | h1:3306,h2:3307 | shop | - | - | - | - | {}",
                "jdbc:mysql://[::1]:3307/shop | [::1]:3307 | shop | - | - | - | - | {}",
                "jdbc:mysql://[::1],[::2]:3307/shop | [::1]:3306,[::2]:3307 | shop | - | - | - | - | {}",
                "jdbc:mysql://address=(host=h)(port=3307)(user=app)/shop | h:3307 | shop | app | - | - | - | {}",
                "jdbc:mysql://(host=h1,port=3307),(host=h2)/shop | h1:3307,h2:3306 | shop | - | - | - | - | {}",
                "jdbc:mysql://h/shop?useSSL=false | h:3306 | shop | - | - | DISABLE | - | {useSSL=false}",
                "jdbc:mysql://h/shop?useSSL=true&requireSSL=true&serverTimezone=UTC | h:3306 | shop | - | - | REQUIRE |"
                        + " - | {useSSL=true, requireSSL=true, serverTimezone=UTC}",
                "jdbc:mysql://h/shop?useSSL=true&verifyServerCertificate=true | h:3306 | shop | - | - | VERIFY_CA | - |"
                        + " {useSSL=true, verifyServerCertificate=true}",
                "jdbc:mysql://h/shop?useSSL=false&sslMode=verify_identity | h:3306 | shop | - | - | VERIFY_FULL | - |"
                        + " {useSSL=false}",
                "jdbc:mysql://h/shop?sslmode=required&user=app | h:3306 | shop | app | - | REQUIRE | - | {}",
                "jdbc:mysql://h/shop?sslMode=VERIFY_CA&sslrootcert=/ca.pem | h:3306 | shop | - | - | VERIFY_CA | /ca.pem"
                        + " | {}",
            })
    void isRead(
            String text,
            @Nullable String hosts,
            @Nullable String database,
            @Nullable String user,
            @Nullable String password,
            @Nullable SslMode mode,
            @Nullable String roots,
            String parameters) {
        DatabaseUrl url = DatabaseUrl.parse(text);
        assertThat(url.dialect()).isEqualTo("mysql");
        assertThat(String.join(",", url.hosts().stream().map(Object::toString).toList()))
                .isEqualTo(hosts == null ? "" : hosts);
        assertThat(url.database()).isEqualTo(database);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.credentials().secret()).isEqualTo(password);
        assertThat(url.sslMode()).isEqualTo(mode);
        assertThat(url.sslRootCert()).isEqualTo(roots);
        assertThat(url.parameters()).hasToString(parameters);
        new MySqlDialect().check(url);
    }

    /** Frameworks write the settings of their own pools there, and platforms hand the same URL to all. */
    @Test
    void whatGovernsOtherPoolsIsDropped() {
        DatabaseUrl url =
                DatabaseUrl.parse("mysql2://app:pw@h/shop?pool=5&timeout=5000&reconnect=true&encoding=utf8mb4");
        assertThat(url.parameters()).isEqualTo(Map.of("reconnect", "true"));
        new MySqlDialect().check(url);
        new MySqlDialect().check(DatabaseUrl.parse("app:pw@tcp(h:3306)/shop?parseTime=true&tls=preferred&loc=UTC"));
        new MySqlDialect()
                .check(DatabaseUrl.read("Server=h;Uid=a;Pwd=b;Maximum Pool Size=5", "mysql")
                        .get());
        new MySqlDialect().check(DatabaseUrl.parse("mysql+pymysql://a:b@h/shop?charset=utf8mb4"));
    }

    @Test
    void settingsOfThePoolStandAmongTheParameters() {
        assertThat(DatabaseUrl.parse("mysql://h/shop?lifebelt.max-size=7").settings())
                .isEqualTo(Map.of("max-size", "7"));
        assertThat(DatabaseUrl.parse("jdbc:mysql://h/shop?password=qxz&lifebelt.max-size=7")
                        .settings())
                .isEqualTo(Map.of("max-size", "7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "mysql://app:qxz@xqz:zzx@db/orders | UNENCODED_AT",
                "mysql://app:qxz/xqz@db:3306/orders | UNENCODED_SLASH",
                "mysql://app:qxz@/xqz@db/orders | UNENCODED_AT",
                "mysql://app:qxz@xqz/zxq@db/orders | UNENCODED_AT",
                "mysql://app:qxz@&xqz/orders | HOST_INVALID",
                "mysql://app:1234/qxz?xqz&zxq@db/orders | PARAM_WITHOUT_VALUE",
                "mysql://app:1234/qxz?xqz=zxq@db/orders | UNKNOWN_PARAM",
                "mysql://app:qxz#xqz@db/orders | INVALID_PERCENT_ENCODING",
                "mysql://app:qxz%zz@db/orders | INVALID_PERCENT_ENCODING",
                "mysql://app:qxz%00@db/orders | INVALID_PERCENT_ENCODING",
                "mysql://app:qxz%ff@db/orders | INVALID_PERCENT_ENCODING",
                "mysql://db/orders?user=app&password=qxz&xqz | PARAM_WITHOUT_VALUE",
                "mysql://db/orders?user=app&password=qxz&xqz=zxq | UNKNOWN_PARAM",
                "mysql://app:qxz@${DB_HOST}/orders | HOST_INVALID",
                "mysql://app:qxz@db:0/orders | PORT_OUT_OF_RANGE",
                "mysql://app:qxz@db:99999999999/orders | PORT_OUT_OF_RANGE",
                "mysql://app:qxz@::1/orders | PORT_NOT_NUMERIC",
                "mysql://app:qxz@[]/orders | IPV6_ADDRESS_EMPTY",
                "mysql://app:qxz@[::1]3306/orders | IPV6_BRACKET_TRAILING_TEXT",
                "mysql:app:qxz@db/orders | UNRECOGNISED_FORMAT",
                "mysql://db/orders?ssl-mode=sometimes | INVALID_SSLMODE",
                "mysql+pymysql://app:qxz@xqz@db/orders | UNENCODED_AT",
                "mysql+nothing://app:qxz%zz@db/orders | INVALID_PERCENT_ENCODING",
                "app:qxz@tcp(db:3306) | DSN_MISSING_SLASH",
                "app:qxz@tcp(db:3306)/orders?tls=xqz | UNSUPPORTED_PARAM",
                "Server=db;Port=3306;User=app;Pwd=qxz;xqz=zxq | UNKNOWN_PARAM",
                "mysql://app:${QXZ}@db/orders | VARIABLE_NOT_EXPANDED",
                "jdbc:mysql://app:qxz@xqz@db/orders | UNENCODED_AT",
                "jdbc:mysql://app:qxz/xqz@db:3306/orders | UNENCODED_SLASH",
                "jdbc:mysql://db/orders?user=app&password=qxz&xqz | UNENCODED_AMPERSAND",
                "jdbc:mysql://db/orders?user=app&password=qxz&xqz=zxq | UNENCODED_AMPERSAND",
                "jdbc:mysql://db/orders?password=qxz%zz | INVALID_PERCENT_ENCODING",
                "jdbc:mysql://h/shop?password=100% | INVALID_PERCENT_ENCODING",
                "jdbc:mysql://db/orders?password=qxz#xqz | INVALID_PERCENT_ENCODING",
                "jdbc:mysql://h:abc/shop | PORT_NOT_NUMERIC",
                "jdbc:mysql://::1/shop | PORT_NOT_NUMERIC",
                "jdbc:mysql://h/shop?useSSL | PARAM_WITHOUT_VALUE",
                "jdbc:mysql://h/shop?useSSL=maybe | INVALID_PARAM",
                "jdbc:mysql://h/shop?sslMode=require | INVALID_SSLMODE",
                "jdbc:mysql://(host=h,serverTimezone=UTC)/shop | UNSUPPORTED_PARAM",
                "jdbc:mysql:loadbalance://h1,h2/shop | UNRECOGNISED_FORMAT",
                "jdbc:mysql:replication://h1,h2/shop | UNRECOGNISED_FORMAT",
                "jdbc:mysql+srv://h/shop | UNRECOGNISED_FORMAT",
                "jdbc:mysql:/h/shop?password=qxz | UNRECOGNISED_FORMAT",
                "jdbc:mariadb://h:3306/shop?user=app&password=qxz | WRONG_SCHEME"
            })
    void isRefusedWithoutShowingThePassword(String text, String code) {
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> DatabaseUrl.parse(text));
        assertThat(refused).as(text).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        for (Throwable t = refused; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain("qxz", "xqz", "zxq", "zzx", text);
        }
    }

    @Test
    void theRightSpellingIsNamed() {
        assertThat(refusal("jdbc:mariadb://h/shop")).contains("jdbc:mysql:");
        assertThat(refusal("jdbc:mysql://h/shop?sslMode=verify-full")).contains("did you mean VERIFY_IDENTITY?");
        assertThat(refusal("jdbc:mysql://h/shop\n")).contains("Connector/J");
        assertThat(refusal("mysql://h/shop?cacheprepstmts=true")).contains("did you mean cachePrepStmts?");
    }

    private static String refusal(String text) {
        return catchThrowableOfType(ConfigurationException.class, () -> DatabaseUrl.parse(text))
                .getMessage();
    }

    /** Whatever an unencoded password does to a URL: neither its beginning nor its end comes to light. */
    @Test
    void noPieceOfAPasswordThatWasNotEncodedIsShown() {
        String special = "ab1@:/?#[]&=%+,; $-_.()";
        Random random = new Random(20_261_121);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder password = new StringBuilder("Zq9");
            random.ints(random.nextInt(6), 0, special.length()).forEach(at -> password.append(special.charAt(at)));
            password.append("qZ9");
            for (String text : List.of(
                    "mysql://app:" + password + "@db:3306/orders?ssl-mode=REQUIRED",
                    "mysql://db/orders?password=" + password + "&ssl-mode=REQUIRED",
                    "jdbc:mysql://app:" + password + "@db:3306/orders?sslMode=REQUIRED",
                    "jdbc:mysql://db:3306/orders?password=" + password + "&sslMode=REQUIRED")) {
                try {
                    DatabaseUrl url = DatabaseUrl.parse(text);
                    new MySqlDialect().check(url);
                    assertThat(url.toString()).as(text).doesNotContain("Zq9", "qZ9");
                } catch (ConfigurationException e) {
                    assertThat(e.toString()).as(text).doesNotContain("Zq9", "qZ9");
                } catch (RuntimeException e) {
                    fail(text, e);
                }
            }
        }
    }
}
