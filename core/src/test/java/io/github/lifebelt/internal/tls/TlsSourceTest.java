package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while a pool is open. */
class TlsSourceTest {

    @TempDir
    Path folder;

    private Path roots;
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void writeRoots() throws Exception {
        roots = Files.writeString(folder.resolve("roots.pem"), root(0));
    }

    private static String root(int number) throws Exception {
        X509Certificate root = JdkTrust.roots().get(number);
        return Keys.pem("CERTIFICATE", root.getEncoded());
    }

    private TlsSource open(Path file) {
        TlsSource source = TlsPolicy.resolve(
                        DatabaseUrl.builder("none")
                                .host("db.example.com")
                                .sslMode(SslMode.VERIFY_FULL)
                                .sslRootCert(file.toString())
                                .build(),
                        host -> false,
                        false)
                .source();
        source.tellTo(log::add, log::add);
        return source;
    }

    private void exchange(Path file, String content) throws Exception {
        Path fresh = Files.writeString(folder.resolve("fresh"), content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aChangeIsNoticedWithinASecondOrSo() throws Exception {
        TlsSource source = open(roots);
        ConnectRequest.Tls before = source.current();
        assertThat(source.current()).isSameAs(before);
        exchange(roots, root(1));
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(source.current().context()).isNotSameAs(before.context()));
        assertThat(log).singleElement().asString().contains(roots.toString(), "has changed");
    }

    @Test
    void afterAFailureItIsNoticedAtOnce() throws Exception {
        TlsSource source = open(roots);
        ConnectRequest.Tls before = source.current();
        assertThat(source.afterFailure()).isSameAs(before);
        exchange(roots, root(1));
        assertThat(source.afterFailure().context()).isNotSameAs(before.context());
    }

    @Test
    void aFileThatWasOnlyTouchedKeepsTheSessions() throws Exception {
        TlsSource source = open(roots);
        ConnectRequest.Tls before = source.current();
        Files.setLastModifiedTime(roots, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(source.afterFailure()).isSameAs(before);
        exchange(roots, root(0));
        assertThat(source.afterFailure()).isSameAs(before);
        assertThat(log).isEmpty();
    }

    @Test
    void aBrokenFileKeepsTheLastGoodOneAndIsSaidOnce() throws Exception {
        TlsSource source = open(roots);
        ConnectRequest.Tls before = source.current();
        exchange(roots, root(1).substring(0, 300));
        assertThat(source.afterFailure()).isSameAs(before);
        assertThat(source.afterFailure()).isSameAs(before);
        assertThat(log).singleElement().asString().contains("SSL_ROOT_CERT_INVALID", "stays in use");
        Files.delete(roots);
        assertThat(source.afterFailure()).isSameAs(before);
        assertThat(log).hasSize(1);
        exchange(roots, root(1));
        assertThat(source.afterFailure()).isNotSameAs(before);
        assertThat(log).hasSize(2);
        exchange(roots, "");
        source.afterFailure();
        assertThat(log).hasSize(3);
    }

    /** Kubernetes mounts a secret as a link to a link, and exchanges the one in the middle. */
    @Test
    void aLinkThatIsExchangedIsAChange() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.writeString(one.resolve("roots.pem"), root(0));
        Files.writeString(two.resolve("roots.pem"), root(1));
        FileTime same = FileTime.from(Instant.now());
        Files.setLastModifiedTime(one.resolve("roots.pem"), same);
        Files.setLastModifiedTime(two.resolve("roots.pem"), same);
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("one"));
        Path mounted = Files.createSymbolicLink(folder.resolve("mounted.pem"), Path.of("..data/roots.pem"));
        TlsSource source = open(mounted);
        ConnectRequest.Tls before = source.current();
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("two"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(source.afterFailure().context()).isNotSameAs(before.context());
    }

    @Test
    void withoutFilesNothingIsEverLookedAt() {
        TlsSource source = TlsPolicy.resolve(
                        DatabaseUrl.builder("none")
                                .host("db.example.com")
                                .sslMode(SslMode.VERIFY_FULL)
                                .build(),
                        host -> false,
                        false)
                .source();
        assertThat(source.afterFailure()).isSameAs(source.current());
        assertThat(source.serverCertificateExpiresAt()).isNull();
    }
}
