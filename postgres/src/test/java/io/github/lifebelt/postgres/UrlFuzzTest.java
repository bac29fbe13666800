package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReading;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

/**
 * Generated connection strings: those of pgjdbc are read as the driver itself reads them, all others give back what was
 * written into them. Nothing else than a refusal comes of any text, and no message shows a secret.
 */
class UrlFuzzTest {

    /** More than by default with -Dlifebelt.fuzz.urls=1000000. */
    private static final int COUNT = Integer.getInteger("lifebelt.fuzz.urls", 100_000);

    private static final long SEED = 20_261_121L;
    // In every password that is generated, and in no message.
    private static final String MARK = "Zq9xW7";

    private final Random random = new Random(SEED);

    private final PostgresDialect dialect = new PostgresDialect();

    @Test
    void theDriversUrlsAreReadAsTheDriverDoes() {
        Logger logger = Logger.getLogger("org.postgresql");
        Level before = logger.getLevel();
        // It repeats what it cannot read.
        logger.setLevel(Level.OFF);
        try {
            Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
                int agreed = 0;
                for (int i = 0; i < COUNT; i++) {
                    agreed += agrees(jdbcUrl()) ? 1 : 0;
                }
                // Enough of them mean something.
                assertThat(agreed).isGreaterThan(COUNT / 10);
            });
        } finally {
            logger.setLevel(before);
        }
    }

    private boolean agrees(String text) {
        UrlReading reading = read(Format.URL, text);
        if (reading == null || reading.refusal() != null) {
            return false;
        }
        DatabaseUrl url = reading.get();
        Properties driver = Driver.parseURL(text, null);
        assertThat(driver).as(text).isNotNull();
        Map<String, String> theirs = new HashMap<>();
        driver.stringPropertyNames().forEach(name -> theirs.put(name, driver.getProperty(name)));
        StringBuilder hosts = new StringBuilder();
        StringBuilder ports = new StringBuilder();
        for (DatabaseUrl.Host host : url.hosts()) {
            boolean ipv6 = host.name().indexOf(':') >= 0;
            hosts.append(hosts.isEmpty() && ports.isEmpty() ? "" : ",")
                    .append(ipv6 ? "[" + host.name() + "]" : host.name());
            ports.append(ports.isEmpty() ? "" : ",").append(host.port());
        }
        assertThat(theirs.remove("PGHOST")).as(text).isEqualTo(hosts.toString());
        assertThat(theirs.remove("PGPORT")).as(text).isEqualTo(ports.toString());
        assertThat(emptyIsNull(theirs.remove("PGDBNAME"))).as(text).isEqualTo(url.database());
        assertThat(emptyIsNull(theirs.remove("user"))).as(text).isEqualTo(url.user());
        assertThat(emptyIsNull(theirs.remove("password")))
                .as(text)
                .isEqualTo(url.credentials().secret());
        assertThat(emptyIsNull(theirs.remove("options"))).as(text).isEqualTo(url.options());
        String mode = theirs.remove("sslmode");
        if (mode != null) {
            assertThat(mode).as(text).isEqualToIgnoringCase(String.valueOf(url.sslMode()));
        }
        assertThat(theirs).as(text).isEqualTo(url.parameters());
        return true;
    }

    private static String emptyIsNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private String jdbcUrl() {
        String[] starts = {"//", "//", "//", "//", "", "/", "///"};
        StringBuilder url = new StringBuilder("jdbc:postgresql:").append(pick(starts));
        int hosts = random.nextInt(3);
        for (int i = 0; i <= hosts; i++) {
            url.append(i == 0 ? "" : ",")
                    .append(pick("h", "db.example.com", "[::1]", "", "a_b", "app:" + MARK + "@h", "10.0.0.1"))
                    .append(pick("", "", ":5433", ":1", ":65535", ":0", ":", ":x", ":99999"));
        }
        url.append(pick("/", "/", "/", "/", "", "//")).append(pick("orders", "", "a+b", "a%20b", "%zz", "d%2Fe", "#"));
        int pairs = random.nextInt(4);
        for (int i = 0; i < pairs; i++) {
            url.append(i == 0 ? "?" : pick("&", "&", "&&")).append(pair());
        }
        return url.toString();
    }

    private String pair() {
        return switch (random.nextInt(9)) {
            case 0 -> "user=" + value();
            case 1 -> "password=" + MARK + value();
            case 2 -> "sslmode=" + pick("require", "VERIFY-FULL", "disable", "sometimes");
            case 3 -> pick("ssl", "ssl=true", "ssl=false", "ApplicationName", "connect_timeout=3");
            case 4 -> pick("host=", "PGHOST=") + pick("other", "a,b");
            case 5 -> pick("port=", "PGPORT=") + pick("1", "1,2", "x", "70000");
            case 6 -> pick("dbname=", "PGDBNAME=") + value();
            case 7 -> "options=" + value();
            default -> "ApplicationName=" + value();
        };
    }

    private String value() {
        return pick("v", "a+b", "a%2Bb", "%C3%A9", "%", "%4", "a=b", "", "@", "#x", "é");
    }

    @Test
    void whatIsWrittenComesBack() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            for (int i = 0; i < COUNT / 4; i++) {
                String user = text();
                String password = MARK + text();
                String database = text();
                String target = "://" + uri(user) + ":" + uri(password) + "@h:5433/" + uri(database);
                expect(Format.URL, "postgresql" + target, user, password, database);
                expect(Format.SQLALCHEMY, "postgresql+psycopg" + target, user, password, database);
                expect(Format.URL, "postgis" + target, user, password, database);
                expect(
                        Format.KEY_VALUE,
                        "host=h port = 5433 user=" + quoted(user) + "\npassword=" + quoted(password) + " dbname="
                                + quoted(database),
                        user,
                        password,
                        database);
                expect(
                        Format.ADO_NET,
                        "Host=h;Port=5433; User Id=" + doubled(user) + ";Password=" + doubled(password) + ";DB="
                                + doubled(database),
                        user,
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
                .isEqualTo(DatabaseUrl.builder("postgresql")
                        .host("h", 5433)
                        .user(user)
                        .password(password)
                        .database(database)
                        .build());
    }

    @Test
    void anyTextIsReadOrRefused() {
        String alphabet = "ab1@:/?#[]&=%+,; '\"\\$-_.(){}<>\n\u00e9";
        String[] starts = {
            "postgresql://",
            "postgres://app:",
            "jdbc:postgresql://",
            "postgresql+psycopg2://",
            "postgis://u:",
            "host=",
            "Host=h;Password="
        };
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            for (int i = 0; i < COUNT / 10; i++) {
                StringBuilder text = new StringBuilder(pick(starts)).append(MARK);
                random.ints(random.nextInt(20), 0, alphabet.length()).forEach(at -> text.append(alphabet.charAt(at)));
                noSecret(text.toString(), DatabaseUrl.read(text.toString(), i % 2 == 0 ? "postgresql" : null));
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

    /** Not empty, and without what a quoted form cannot end with. */
    private String text() {
        String alphabet = "abcXYZ019@:/?#[]&=%+,; '\"\\$-_.(){}<>é🔑";
        StringBuilder text = new StringBuilder("t");
        random.ints(random.nextInt(12), 0, alphabet.codePointCount(0, alphabet.length()))
                .forEach(at -> text.appendCodePoint(alphabet.codePointAt(alphabet.offsetByCodePoints(0, at))));
        return text.toString();
    }

    private static String uri(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private String doubled(String text) {
        String quote = pick("'", "\"");
        return quote + text.replace(quote, quote + quote) + quote;
    }
}
