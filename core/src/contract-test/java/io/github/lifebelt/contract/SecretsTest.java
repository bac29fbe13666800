package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a secret could show itself. What any other test prints or meets as a failure is watched by {@link SecretGuard}. */
class SecretsTest extends PoolTest {

    private static final String SECRET = "Zq7-wrong-Zq7";

    private static String secret(TestDatabase server) {
        return Objects.requireNonNull(
                DatabaseUrl.parse(server.url()).credentials().secret());
    }

    private DatabaseUrl url() {
        return DatabaseUrl.parse(server().url());
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void theGuardSeesWhatIsPrintedAndWhatIsThrown() {
        System.out.print(SecretGuard.MARKS.get(0).substring(0, 5));
        System.out.println(SecretGuard.MARKS.get(0).substring(5));
        assertThatThrownBy(SecretGuard::check).isInstanceOf(AssertionError.class);
        SecretGuard.seen(new IllegalStateException(new IllegalArgumentException("p=" + SecretGuard.MARKS.get(1))));
        assertThatThrownBy(SecretGuard::check).isInstanceOf(AssertionError.class);
        SecretGuard.check();
        assertThat(SecretGuard.MARKS).contains(secret(server()));
    }

    @Test
    void noTextOfAPoolHasIt() throws Exception {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection()) {
            List<String> texts = new ArrayList<>(List.of(
                    pool.toString(),
                    pool.getUrl(),
                    pool.config().toString(),
                    pool.stats().toString(),
                    builder().toString(),
                    connection.toString(),
                    connection.getMetaData().getURL(),
                    connection.getClientInfo().toString(),
                    url().toString(),
                    url().jdbcUrl(),
                    url().toBuilder().toString(),
                    url().credentials().toString()));
            assertThat(texts).noneMatch(text -> text.contains(secret(server())));
        }
    }

    @Test
    void aRejectedLoginDoesNotShowIt() {
        ConnectionPool pool = open(builder()
                .credentials(() -> Credentials.of(url().user(), SECRET))
                .unavailableTimeout(Duration.ofMillis(200)));
        Throwable thrown = catchThrowable(pool::getConnection);
        assertThat(thrown).isNotNull();
        assertThat(trace(thrown)).doesNotContain(SECRET);
    }

    @Test
    void aHostThatIsNoneDoesNotShowIt() {
        DatabaseUrl nowhere = DatabaseUrl.builder(url().dialect())
                .host("no-such-host.invalid")
                .user("app")
                .password(SECRET)
                .database("orders")
                .build();
        ConnectionPool pool = open(ConnectionPool.builder(nowhere).unavailableTimeout(Duration.ofMillis(200)));
        Throwable thrown = catchThrowable(pool::getConnection);
        assertThat(thrown).isNotNull();
        assertThat(trace(thrown)).doesNotContain(SECRET).contains("no-such-host.invalid");
    }

    @Test
    void nothingIsRegisteredForJmxThatHasIt() throws Exception {
        ConnectionPool pool = open();
        pool.getConnection().close();
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : beans.queryNames(null, null)) {
            if (name.getDomain().startsWith("java.") || name.getDomain().startsWith("com.sun")) {
                continue;
            }
            for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
                String value = String.valueOf(beans.getAttribute(name, attribute.getName()));
                assertThat(value).as(name + " " + attribute.getName()).doesNotContain(secret(server()));
            }
        }
    }

    /** The text that a pool was opened with holds the password readable beside host and user, and nobody needs it any more. */
    @Test
    void theTextOfTheUrlIsNotKept(@TempDir Path folder) throws Exception {
        String secret = "w" + System.nanoTime();
        ConnectionPool pool = openFromText(secret);
        byte[] mark = shifted(":" + secret + "@");
        byte[] password = shifted(secret);
        Path dump = folder.resolve("heap.hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
        assertThat(occurrences(dump, mark)).isZero();
        assertThat(occurrences(dump, password)).as("of what is kept").isPositive();
        assertThat(pool.config().url().credentials().secret()).isEqualTo(secret);
    }

    /** Another array than the text's own, which would be found. */
    private static byte[] shifted(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i]++;
        }
        return bytes;
    }

    private ConnectionPool openFromText(String secret) {
        return open(ConnectionPool.builder(
                url().dialect() + "://app:" + secret + "@db.example.com/orders?sslmode=disable"));
    }

    /** Of the bytes before those in {@code shifted}, of which the first occurs once only. */
    private static long occurrences(Path file, byte[] shifted) throws IOException {
        long found = 0;
        int matched = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    int b = buffer[i] + 1;
                    matched = b == shifted[matched] ? matched + 1 : b == shifted[0] ? 1 : 0;
                    if (matched == shifted.length) {
                        found++;
                        matched = 0;
                    }
                }
            }
        }
        return found;
    }
}
