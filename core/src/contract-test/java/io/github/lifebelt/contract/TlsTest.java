package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is let in under which mode, on servers with good and bad certificates. */
class TlsTest extends TlsLogins {

    @TempDir
    Path folder;

    private static final class WrongHost {
        static final TestDatabase SERVER = TestDatabase.of(Servers.PRODUCT)
                .certificate(CERTIFICATES.wrongHost())
                .start();
    }

    private static final class Expired {
        static final TestDatabase SERVER = TestDatabase.of(Servers.PRODUCT)
                .certificate(CERTIFICATES.expired())
                .start();
    }

    private enum Certificate {
        GOOD,
        WRONG_HOST,
        EXPIRED;

        TestDatabase server() {
            return switch (this) {
                case GOOD -> Servers.get(true);
                case WRONG_HOST -> WrongHost.SERVER;
                case EXPIRED -> Expired.SERVER;
            };
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GOOD, REQUIRE, connects",
        "GOOD, VERIFY_CA, connects",
        "GOOD, VERIFY_FULL, connects",
        "WRONG_HOST, VERIFY_CA, connects",
        "WRONG_HOST, VERIFY_FULL, wrong name",
        "EXPIRED, VERIFY_CA, validity check failed",
        "EXPIRED, VERIFY_FULL, validity check failed"
    })
    @Tag("smoke")
    void withTheRightAuthority(Certificate shown, SslMode mode, String outcome) throws SQLException {
        DatabaseUrl url = url(shown.server(), mode, CERTIFICATES.authority());
        if (outcome.equals("connects")) {
            connects(url, true);
        } else {
            isRefused(url, outcome.equals("wrong name") ? Sql.WRONG_HOST_NAME : outcome);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void anotherAuthorityIsNotTrusted(SslMode mode) {
        isRefused(url(Servers.get(true), mode, CERTIFICATES.otherAuthority()), "PKIX path building failed");
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"VERIFY_CA", "VERIFY_FULL"})
    void withoutAFileTheJdksTrustStoreCounts(SslMode mode) {
        isRefused(url(Servers.get(true), mode, null), "PKIX path building failed");
    }

    @Test
    void systemMeansTheJdksTrustStore() {
        isRefused(url(Servers.get(true), null, Path.of("system")), "PKIX path building failed");
    }

    @ParameterizedTest
    @EnumSource(Certificate.class)
    @Tag("smoke")
    void requireWithoutAFileVerifiesNothing(Certificate shown) throws SQLException {
        connects(url(shown.server(), SslMode.REQUIRE, null), true);
    }

    @Test
    void preferTakesWhatTheServerHas() throws SQLException {
        takesWhatTheServerHas(SslMode.PREFER);
    }

    @Test
    void withoutAModeTlsIsUsedIfOffered() throws SQLException {
        takesWhatTheServerHas(null);
    }

    @Test
    void aServerThatDemandsTlsRefusesPlainClients() {
        isRefused(url(Servers.get(true), SslMode.DISABLE, null), Sql.TLS_DEMANDED);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void aServerWithoutTlsIsNoServerForThoseWhoRequireIt(SslMode mode) {
        isRefused(url(Servers.get(false), mode, null), Sql.NO_TLS);
    }

    @Test
    void requireWithAFileVerifiesTheChain() throws SQLException {
        DatabaseUrl url = url(WrongHost.SERVER, SslMode.REQUIRE, CERTIFICATES.authority());
        TlsPolicy.Decision decision = Connects.tls(url, false);
        assertThat(decision.tls().mode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(decision.notes()).singleElement().asString().contains("verify-full");
        connects(url, true);
    }

    @Test
    void aFileMayHoldSeveralRoots() throws SQLException, IOException {
        Path both = folder.resolve("both.pem");
        Files.writeString(
                both, Files.readString(CERTIFICATES.otherAuthority()) + Files.readString(CERTIFICATES.authority()));
        connects(url(Servers.get(true), SslMode.VERIFY_FULL, both), true);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void aFileThatCannotBeUsedIsRefusedWhenThePoolIsBuilt(SslMode mode) throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path text = Files.writeString(folder.resolve("text.pem"), "this is no certificate\n");
        Path cut = folder.resolve("cut.pem");
        String whole = Files.readString(CERTIFICATES.authority());
        Files.writeString(cut, whole.substring(0, whole.length() / 2));
        isNoRootFile(mode, folder.resolve("nowhere.pem"), "SSL_ROOT_CERT_MISSING");
        isNoRootFile(mode, folder, "SSL_ROOT_CERT_UNREADABLE");
        isNoRootFile(mode, empty, "SSL_ROOT_CERT_INVALID");
        isNoRootFile(mode, text, "SSL_ROOT_CERT_INVALID");
        isNoRootFile(mode, cut, "SSL_ROOT_CERT_INVALID");
    }

    private static void isNoRootFile(SslMode mode, Path file, String code) {
        DatabaseUrl url = url(Servers.get(true), mode, file);
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> ConnectionPool.builder(url).open().close(Duration.ZERO));
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageContaining(file.toAbsolutePath().toString());
    }

    @Test
    void verifyFullComparesAddressesToo() throws SQLException {
        DatabaseUrl named = url(Servers.get(true), SslMode.VERIFY_FULL, CERTIFICATES.authority());
        connects(at(named, "127.0.0.1"), true);
        isRefused(
                at(url(WrongHost.SERVER, SslMode.VERIFY_FULL, CERTIFICATES.authority()), "127.0.0.1"),
                Sql.WRONG_ADDRESS);
    }
}
