package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.mysql.cj.conf.ConnectionUrl;
import com.mysql.cj.conf.HostInfo;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReading;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Generated connection strings: those of Connector/J are read as the driver itself reads them, all others give back what
 * was written into them. Nothing else than a refusal comes of any text, and no message shows a secret.
 */
class UrlFuzzTest {

    /** More than by default with -Dlifebelt.fuzz.urls=1000000. */
    private static final int COUNT = Integer.getInteger("lifebelt.fuzz.urls", 100_000);

    private static final long SEED = 20_261_121L;
    // In every password that is generated, and in no message.
    private static final String MARK = "Zq9xW7";

    private final Random random = new Random(SEED);

    private final MySqlDialect dialect = new MySqlDialect();

    @Test
    void theDriversUrlsAreReadAsTheDriverDoes() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            int agreed = 0;
            for (int i = 0; i < COUNT; i++) {
                agreed += agrees(jdbcUrl()) ? 1 : 0;
            }
            // Enough of them mean something.
            assertThat(agreed).isGreaterThan(COUNT / 10);
        });
    }

    private boolean agrees(String text) {
        UrlReading reading = read(Format.URL, text);
        if (reading == null || reading.refusal() != null) {
            return false;
        }
        DatabaseUrl url = reading.get();
        ConnectionUrl driver = ConnectionUrl.getConnectionUrlInstance(text, new Properties());
        assertThat(driver.getHostsList()).as(text).hasSameSizeAs(url.hosts());
        for (int i = 0; i < url.hosts().size(); i++) {
            HostInfo theirs = driver.getHostsList().get(i);
            DatabaseUrl.Host ours = url.hosts().get(i);
            assertThat(theirs.getHost().replaceAll("[\\[\\]]", "")).as(text).isEqualTo(ours.name());
            assertThat(theirs.getPort()).as(text).isEqualTo(ours.port());
        }
        HostInfo main = driver.getMainHost();
        assertThat(emptyIsNull(main.getDatabase())).as(text).isEqualTo(url.database());
        assertThat(emptyIsNull(main.getUser())).as(text).isEqualTo(url.user());
        assertThat(emptyIsNull(main.getPassword()))
                .as(text)
                .isEqualTo(url.credentials().secret());
        Map<String, String> theirs = main.getHostProperties();
        url.parameters().forEach((name, value) -> assertThat(theirs).as(text).containsEntry(name, value));
        return true;
    }

    private static String emptyIsNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private String jdbcUrl() {
        StringBuilder url = new StringBuilder(pick("jdbc:mysql://", "jdbc:mysql://", "JDBC:MySQL://"));
        url.append(pick("", "", "app@", "a+b:" + MARK + "%40@", "app:" + MARK + "@x@", "app:x@"));
        int hosts = random.nextInt(3);
        for (int i = 0; i <= hosts; i++) {
            url.append(i == 0 ? "" : ",")
                    .append(pick(
                            "h",
                            "db.example.com",
                            "[::1]",
                            "",
                            "a_b",
                            "address=(host=x)(port=7)",
                            "(host=y,port=8)",
                            "%68"))
                    .append(pick("", "", "", ":3307", ":", ":x", ":99999"));
        }
        url.append(pick("/", "/", "/", "/", "", "//")).append(pick("shop", "", "a+b", "a%20b", "%zz", "d%2Fe", "#"));
        int pairs = random.nextInt(4);
        for (int i = 0; i < pairs; i++) {
            url.append(i == 0 ? "?" : pick("&", "&", "&&")).append(pair());
        }
        return url.toString();
    }

    private String pair() {
        return switch (random.nextInt(6)) {
            case 0 -> "user=" + value();
            case 1 -> "Password=" + MARK + value();
            case 2 -> "sslMode=" + pick("REQUIRED", "verify_ca", "DISABLED", "sometimes");
            case 3 -> pick("useSSL=true", "requireSSL=true", "useSSL", "sslmode=required");
            case 4 -> "connectionTimeZone=" + value();
            default -> "sessionVariables=" + value();
        };
    }

    private String value() {
        return pick("v", "a+b", "a%2Bb", "%C3%A9", "%", "%4", "a=b", "", "@", "#x", "é", " v ");
    }

    @Test
    void whatIsWrittenComesBack() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            for (int i = 0; i < COUNT / 5; i++) {
                String user = text();
                String password = MARK + text();
                String database = text();
                String target = "://" + uri(user) + ":" + uri(password) + "@h:3307/" + uri(database);
                expect(Format.URL, "mysql" + target, user, password, database);
                expect(Format.URL, "jdbc:mysql" + target, user, password, database);
                expect(Format.SQLALCHEMY, "mysql+pymysql" + target, user, password, database);
                expect(
                        Format.ADO_NET,
                        "Server=h;Port=3307; Uid=" + doubled(user) + ";Pwd=" + doubled(password) + ";Database="
                                + doubled(database),
                        user,
                        password,
                        database);
                // A Go driver's user ends at the first colon, and nothing in it is encoded.
                String plain = user.replace(":", "");
                expect(
                        Format.GO_DSN,
                        plain + ":" + password + "@tcp(h:3307)/" + uri(database),
                        plain,
                        password,
                        database);
            }
        });
    }

    private void expect(Format format, String text, String user, String password, String database) {
        UrlReading reading = read(format, text);
        assertThat(reading).as(text).isNotNull();
        assertThat(reading.refusal()).as(text).isNull();
        assertThat(reading.get())
                .as(text)
                .isEqualTo(DatabaseUrl.builder("mysql")
                        .host("h", 3307)
                        .user(user)
                        .password(password)
                        .database(database)
                        .build());
    }

    @Test
    void anyTextIsReadOrRefused() {
        String alphabet = "ab1@:/?#[]&=%+,; '\"\\$-_.(){}<>\n\u00e9";
        String[] starts = {
            "mysql://",
            "mysql2://app:",
            "jdbc:mysql://",
            "jdbc:mysql:loadbalance://",
            "mysql+pymysql://",
            "u:",
            "Server=h;Pwd="
        };
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            for (int i = 0; i < COUNT / 10; i++) {
                StringBuilder text = new StringBuilder(pick(starts)).append(MARK);
                random.ints(random.nextInt(20), 0, alphabet.length()).forEach(at -> text.append(alphabet.charAt(at)));
                text.append(i % 3 == 0 ? "@tcp(h)/shop" : "");
                noSecret(text.toString(), DatabaseUrl.read(text.toString(), i % 2 == 0 ? "mysql" : null));
            }
        });
    }

    private UrlReading read(Format format, String text) {
        try {
            UrlReading reading = dialect.read(format, text);
            noSecret(text, reading);
            return reading;
        } catch (ConfigurationException e) {
            assertThat(e.toString()).as(text).doesNotContain(MARK);
            return null;
        } catch (RuntimeException e) {
            return fail(text, e);
        }
    }

    private static void noSecret(String text, UrlReading reading) {
        String shown = reading.diagnoses() + " " + reading.refusal() + " " + reading.strict() + " " + reading.lenient();
        assertThat(shown).as(text).doesNotContain(MARK);
    }

    private String pick(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    /** Not empty, and without blanks at its edges, which the driver drops. */
    private String text() {
        String alphabet = "abcXYZ019@:/?#[]&=%+,; '\"\\$-_.(){}<>é🔑";
        StringBuilder text = new StringBuilder("t");
        random.ints(random.nextInt(12), 0, alphabet.codePointCount(0, alphabet.length()))
                .forEach(at -> text.appendCodePoint(alphabet.codePointAt(alphabet.offsetByCodePoints(0, at))));
        return text.append('t').toString();
    }

    private static String uri(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String doubled(String text) {
        String quote = pick("'", "\"");
        return quote + text.replace(quote, quote + quote) + quote;
    }
}
