package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.NativeMetadata;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever class Lifebelt names to the driver, native-image knows. */
class NamedClassesTest {

    private static final String PLUGIN =
            "com.azure.identity.extensions.jdbc.postgresql.AzurePostgresqlAuthenticationPlugin";

    /** Of each way to connect: plain, TLS by the JDK's trust, verified by a file, with a plugin. */
    private static Set<String> named() {
        String host = "postgresql://app:x@127.0.0.1/orders";
        String root = Servers.get(true).certificateAuthority().orElseThrow().toString();
        Set<String> classes = new TreeSet<>();
        for (String url : List.of(
                host,
                host + "?sslmode=require",
                host + "?sslmode=verify-full",
                host + "?sslmode=verify-full&sslrootcert=" + root,
                "jdbc:postgresql://127.0.0.1/orders?user=app&authenticationPluginClassName=" + PLUGIN)) {
            DatabaseUrl parsed = DatabaseUrl.parse(url);
            ConnectRequest request = Connects.request(parsed, Connects.AMPLE);
            Properties properties = DriverSettings.of(parsed)
                    .forConnect(request, "token", parsed.hosts().get(0));
            properties.values().stream()
                    .map(String::valueOf)
                    .filter(NamedClassesTest::isClass)
                    .forEach(classes::add);
        }
        return classes;
    }

    private static boolean isClass(String value) {
        return NamedClassesTest.class.getClassLoader().getResource(value.replace('.', '/') + ".class") != null;
    }

    @Test
    void eachClassThatTheDriverIsToldOfCanBeMadeInANativeImage() throws Exception {
        NativeMetadata metadata = NativeMetadata.of("lifebelt-postgres");
        assertThat(named())
                .contains(
                        "io.github.lifebelt.postgres.net.LifebeltSocketFactory",
                        "io.github.lifebelt.postgres.net.LifebeltSslFactory",
                        PLUGIN)
                .allSatisfy(name -> assertThat(metadata.makes(name)).as(name).isTrue());
    }
}
