package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.NativeMetadata;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever class Lifebelt names to the driver, native-image knows. */
class NamedClassesTest {

    private static Set<String> named() {
        Set<String> classes = new TreeSet<>();
        for (String url : List.of(
                "mysql://app:x@127.0.0.1/shop",
                "mysql://app:x@127.0.0.1/shop?ssl-mode=REQUIRED",
                "mysql://app:x@127.0.0.1/shop?ssl-mode=VERIFY_IDENTITY",
                "jdbc:mysql://127.0.0.1/shop?user=app&logger=Slf4JLogger&connectTimeout=1000")) {
            DatabaseUrl parsed = DatabaseUrl.parse(url);
            DriverSettings.of(parsed).forConnect(Connects.request(parsed, Connects.AMPLE)).values().stream()
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
        NativeMetadata metadata = NativeMetadata.of("lifebelt-mysql");
        assertThat(named())
                .contains("io.github.lifebelt.mysql.net.LifebeltSocketFactory")
                .allSatisfy(name -> assertThat(metadata.makes(name)).as(name).isTrue());
    }
}
