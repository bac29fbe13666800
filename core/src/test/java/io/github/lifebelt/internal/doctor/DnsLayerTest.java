package io.github.lifebelt.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsLayerTest {

    private static final String TTL = "networkaddress.cache.ttl";
    private final String before = Security.getProperty(TTL);

    @AfterEach
    void restore() {
        Security.setProperty(TTL, before == null ? "30" : before);
    }

    private static List<Finding> look(String... hosts) {
        Findings findings = new Findings();
        Course course = new Course(findings, Duration.ofSeconds(10));
        List<Host> list =
                List.of(hosts).stream().map(name -> new Host(name, null)).toList();
        DnsLayer.look(
                list,
                host -> {
                    if (host.startsWith("unknown")) {
                        throw new UnknownHostException(host);
                    }
                    return List.of(InetAddress.getLoopbackAddress());
                },
                course,
                findings);
        return findings.inOrder();
    }

    @Test
    void aJvmThatForgetsSoonIsNotTalkedAbout() {
        Security.setProperty(TTL, "30");
        assertThat(look("db.example.com")).isEmpty();
    }

    @Test
    void aJvmThatNeverForgetsMissesAFailOver() {
        Security.setProperty(TTL, "-1");
        assertThat(look("db.example.com")).singleElement().satisfies(found -> {
            assertThat(found.code()).isEqualTo("DNS_CACHED_TOO_LONG");
            assertThat(found.what()).contains("for ever", TTL + "=-1");
            assertThat(found.fix()).contains(TTL + "=30");
        });
    }

    @Test
    void oneUnknownHostOfSeveralIsAWarning() {
        assertThat(look("db.example.com", "unknown.example.com"))
                .extracting(Finding::code)
                .containsExactly("HOST_PARTLY_UNKNOWN");
        assertThat(look("unknown.example.com")).extracting(Finding::code).containsExactly("UNKNOWN_HOST");
    }

    @Test
    void theInnerNameOfAPrivateEndpointIsTold() {
        assertThat(look("srv.privatelink.postgres.database.azure.com"))
                .singleElement()
                .satisfies(found -> assertThat(found.fix()).contains("srv.postgres.database.azure.com"));
    }

    @Test
    void aCloudsUnknownNameMayBeKnownInAnotherNetwork() {
        assertThat(look("unknown.postgres.database.azure.com").get(0).fix()).contains("private DNS zone");
    }
}
