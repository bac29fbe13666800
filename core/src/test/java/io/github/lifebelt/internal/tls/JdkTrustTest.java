package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's trust store without what a cloud's certificates lead to. */
class JdkTrustTest {

    private static final String AZURE = "srv.postgres.database.azure.com";

    private static List<X509Certificate> rootsWithout(String... names) {
        return JdkTrust.roots().stream()
                .filter(root -> List.of(names).stream()
                        .noneMatch(
                                name -> root.getSubjectX500Principal().getName().contains("CN=" + name + ",")))
                .toList();
    }

    private static TlsPolicy.Decision decide(DatabaseUrl url, List<X509Certificate> roots) {
        return TlsPolicy.resolve(url, host -> host.endsWith(".azure.com"), false, () -> roots, InstantSource.system());
    }

    private static DatabaseUrl url(String host) {
        return DatabaseUrl.builder("none")
                .host(host)
                .sslMode(SslMode.VERIFY_FULL)
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                AZURE,
                "SRV.MySQL.Database.Azure.com.",
                "c-cluster.unique.postgres.cosmos.azure.com",
                "srv.postgres.database.usgovcloudapi.net"
            })
    void aRootThatIsMissingIsAWarningAndStandsInTheFailure(String host) {
        for (String name : new String[] {"Microsoft RSA Root Certificate Authority 2017", "DigiCert Global Root G2"}) {
            List<X509Certificate> roots = rootsWithout(name);
            assertThat(roots).as(name).hasSize(JdkTrust.roots().size() - 1);
            TlsPolicy.Decision decision = decide(url(host), roots);
            assertThat(decision.warnings())
                    .singleElement()
                    .asString()
                    .contains("lacks '" + name + "'", "JDK 17.0.8", "sslrootcert=<PEM file> with both");
            SQLException failure = new SQLException(
                    "SSL error",
                    "08006",
                    new SSLHandshakeException(
                            "PKIX path building failed: unable to find valid certification path to requested target"));
            assertThat(decision.source().explain(failure, ConnectProblem.TLS)).contains("lacks '" + name + "'");
        }
    }

    @Test
    void whereBothAreThereNothingIsSaid() {
        assertThat(decide(url(AZURE), JdkTrust.roots()).warnings()).isEmpty();
    }

    @Test
    void onlyAzuresNamesNeedThem() {
        List<X509Certificate> roots = rootsWithout("Microsoft RSA Root Certificate Authority 2017");
        assertThat(decide(url("db.example.com"), roots).warnings()).isEmpty();
        assertThat(decide(url("database.azure.com.example"), roots).warnings()).isEmpty();
    }

    @Test
    void anEmptyTrustStoreIsSaidOfAnyHost() {
        for (String host : new String[] {AZURE, "db.example.com"}) {
            assertThat(decide(url(host), List.of()).warnings())
                    .singleElement()
                    .asString()
                    .contains("is empty", "ca-certificates", "sslrootcert");
        }
    }

    @ParameterizedTest
    @CsvSource({"DISABLE", "PREFER", "REQUIRE"})
    void whereNothingIsVerifiedNoRootIsMissed(SslMode mode) {
        DatabaseUrl url =
                DatabaseUrl.builder("none").host("localhost").sslMode(mode).build();
        assertThat(decide(url, List.of()).warnings()).noneMatch(warning -> warning.contains("trust store ("));
    }

    @Test
    void aFileOfRootsNeedsNoTrustStore(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("root.pem"),
                Keys.pem("CERTIFICATE", JdkTrust.roots().get(0).getEncoded()));
        DatabaseUrl url = url(AZURE).toBuilder().sslRootCert(file.toString()).build();
        assertThat(decide(url, List.of()).warnings()).isEmpty();
    }
}
