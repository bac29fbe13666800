package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("smoke")
class TlsPolicyTest {

    private static final String CLOUD = "orders.cloud.example";

    private static DatabaseUrl.Builder url(@Nullable SslMode mode, String... hosts) {
        DatabaseUrl.Builder url = DatabaseUrl.builder("none").sslMode(mode);
        for (String host : hosts) {
            url.host(host);
        }
        return url;
    }

    private static TlsPolicy.Decision decide(DatabaseUrl.Builder url, boolean asGiven) {
        return TlsPolicy.resolve(url.build(), host -> host.endsWith(".cloud.example"), asGiven);
    }

    private static TlsPolicy.Decision decide(DatabaseUrl.Builder url) {
        return decide(url, false);
    }

    @ParameterizedTest
    @NullSource
    @EnumSource(
            value = SslMode.class,
            names = {"ALLOW", "PREFER", "REQUIRE", "VERIFY_CA"})
    void onACloudsOwnNameEverythingIsRaisedToVerifyFull(@Nullable SslMode given) {
        TlsPolicy.Decision decision = decide(url(given, CLOUD));
        assertThat(decision.tls().mode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(decision.tls().context()).isNotNull();
        assertThat(decision.warnings()).isEmpty();
        assertThat(decision.notes()).singleElement().asString().contains("verify-full", "lifebelt.ssl-mode-as-given");
        assertThat(decision.failureHint()).contains("PoolBuilder.sslModeAsGiven()");
    }

    @Test
    void whatIsVerifyFullAlreadyNeedsNoNote() {
        TlsPolicy.Decision decision = decide(url(SslMode.VERIFY_FULL, CLOUD));
        assertThat(decision.tls().mode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(decision.notes()).isEmpty();
        assertThat(decision.warnings()).isEmpty();
        assertThat(decision.failureHint()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"ALLOW", "PREFER", "REQUIRE"})
    void takenAsGivenItIsNotRaisedButWarnedAbout(SslMode given) {
        TlsPolicy.Decision decision = decide(url(given, CLOUD), true);
        assertThat(decision.tls().mode()).isEqualTo(given);
        assertThat(decision.warnings()).singleElement().asString().contains("sslmode " + given, CLOUD);
        assertThat(decision.failureHint()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void disableIsKeptWithAWarning(boolean asGiven) {
        TlsPolicy.Decision decision = decide(url(SslMode.DISABLE, CLOUD), asGiven);
        assertThat(decision.tls().mode()).isEqualTo(SslMode.DISABLE);
        assertThat(decision.tls().context()).isNull();
        assertThat(decision.warnings()).singleElement().asString().contains("sslmode disable", CLOUD);
    }

    @Test
    void onAnotherHostWhatIsGivenIsKeptAndWarnedAbout() {
        TlsPolicy.Decision decision = decide(url(SslMode.REQUIRE, "db.example.com"));
        assertThat(decision.tls().mode()).isEqualTo(SslMode.REQUIRE);
        assertThat(decision.notes()).isEmpty();
        assertThat(decision.warnings()).singleElement().asString().contains("db.example.com", "verify-full");
    }

    @Test
    void aListOfHostsIsRaisedOnlyIfAllOfThemAreTheClouds() {
        TlsPolicy.Decision mixed = decide(url(SslMode.REQUIRE, CLOUD, "db.example.com"));
        assertThat(mixed.tls().mode()).isEqualTo(SslMode.REQUIRE);
        assertThat(mixed.warnings()).hasSize(1);
        assertThat(decide(url(SslMode.REQUIRE, CLOUD, "other.cloud.example"))
                        .tls()
                        .mode())
                .isEqualTo(SslMode.VERIFY_FULL);
    }

    @Test
    void withoutAModeTlsIsPreferredAndWarnedAboutExceptOnThisMachine() {
        assertThat(decide(url(null, "db.example.com")).tls().mode()).isEqualTo(SslMode.PREFER);
        assertThat(decide(url(null, "db.example.com")).warnings()).hasSize(1);
        for (String here : new String[] {"localhost", "127.0.0.1", "::1", ""}) {
            assertThat(decide(url(null, here)).warnings()).as(here).isEmpty();
        }
        assertThat(decide(url(null)).warnings()).isEmpty();
        assertThat(decide(url(null, "127.example.com")).warnings()).hasSize(1);
        assertThat(decide(url(null, "localhost", "db.example.com")).warnings()).hasSize(1);
    }

    @Test
    void theJdksTrustStoreMeansVerifyFullAndNothingBelow() {
        assertThat(decide(url(null, "db.example.com").sslRootCert("system"))
                        .tls()
                        .mode())
                .isEqualTo(SslMode.VERIFY_FULL);
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> decide(url(SslMode.REQUIRE, "db.example.com").sslRootCert("system")));
        assertThat(refused.code()).isEqualTo("SSLMODE_TOO_WEAK");
    }

    @Test
    void aMissingRootFileIsRefusedInEveryModeThatUsesTls() {
        for (SslMode mode : SslMode.values()) {
            if (mode == SslMode.DISABLE) {
                continue;
            }
            ConfigurationException refused = catchThrowableOfType(
                    ConfigurationException.class,
                    () -> decide(url(mode, "db.example.com").sslRootCert("no/such.pem")));
            assertThat(refused).as(mode.toString()).isNotNull();
            assertThat(refused.code()).isEqualTo("SSL_ROOT_CERT_MISSING");
            assertThat(refused).hasMessageContaining("no/such.pem");
        }
    }

    @ParameterizedTest
    @NullSource
    @EnumSource(
            value = SslMode.class,
            names = {"ALLOW", "PREFER", "REQUIRE"})
    void aRootThatIsNamedIsUsed(@Nullable SslMode given, @TempDir Path folder) throws Exception {
        for (String host : new String[] {"db.example.com", "localhost"}) {
            DatabaseUrl.Builder url = url(given, host).sslRootCert(aRoot(folder).toString());
            TlsPolicy.Decision decision = decide(url);
            assertThat(decision.tls().mode()).isEqualTo(SslMode.VERIFY_CA);
            assertThat(decision.notes()).singleElement().asString().contains(host, "verify-full");
            assertThat(decision.warnings()).isEmpty();
            assertThat(decide(url, true).tls().mode()).isEqualTo(given == null ? SslMode.PREFER : given);
        }
    }

    @Test
    void plainTextThatWasAskedForStaysWhateverRootIsNamed(@TempDir Path folder) throws Exception {
        TlsPolicy.Decision decision = decide(
                url(SslMode.DISABLE, "db.example.com").sslRootCert(aRoot(folder).toString()));
        assertThat(decision.tls().mode()).isEqualTo(SslMode.DISABLE);
        assertThat(decision.warnings()).hasSize(1);
    }

    @Test
    void whoAsksForTlsOnThisMachineIsToldWhatIsNotVerified() {
        assertThat(decide(url(SslMode.REQUIRE, "localhost")).warnings()).hasSize(1);
        assertThat(decide(url(SslMode.DISABLE, "localhost")).warnings()).isEmpty();
        assertThat(decide(url(SslMode.VERIFY_FULL, "localhost")).warnings()).isEmpty();
    }

    @Test
    void theChainAloneSaysLittleIfEveryPublicAuthorityIsTrusted(@TempDir Path folder) throws Exception {
        assertThat(decide(url(SslMode.VERIFY_CA, "db.example.com")).warnings())
                .singleElement()
                .asString()
                .contains("verify-full");
        assertThat(decide(url(SslMode.VERIFY_CA, "db.example.com")
                                .sslRootCert(aRoot(folder).toString()))
                        .warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DB_PASSWORD=hunter2",
                "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n",
                "-----BEGIN hunter2-----\n",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
                ""
            })
    void whatIsInAFileThatIsNoCertificateIsNotShown(String content, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("root.pem"), content);
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> decide(url(SslMode.VERIFY_FULL, "db.example.com").sslRootCert(file.toString())));
        assertThat(refused.code()).isEqualTo("SSL_ROOT_CERT_INVALID");
        assertThat(refused).hasMessageContaining(file.toString()).hasNoCause();
        assertThat(refused).hasMessageNotContaining("hunter2");
    }

    /** Any authority's certificate: one of those that the JDK trusts. */
    private static Path aRoot(Path folder) throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        X509Certificate root = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
        return Files.writeString(
                folder.resolve("root.pem"),
                "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(root.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }
}
