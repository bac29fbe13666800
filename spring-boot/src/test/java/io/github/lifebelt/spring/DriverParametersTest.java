package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Parameters for the driver beside URLs of all formats. */
class DriverParametersTest {

    private static HikariSettings given(Map<String, String> parameters) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        parameters.forEach(
                (name, value) -> source.put(HikariKey.DATA_SOURCE_PROPERTIES.property() + "." + name, value));
        return HikariSettings.read(new Binder(source));
    }

    private static DatabaseUrl with(String url, Map<String, String> parameters) {
        HikariSettings given = given(parameters);
        DatabaseUrl added = DriverParameters.added(DatabaseUrl.parse(url), given);
        assertThat(given.differently()).isEmpty();
        return added;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://h/orders?user=app&password=geheim",
                "postgresql://app:geheim@h/orders",
                "host=h dbname=orders user=app password=geheim",
                "Server=h;Port=5432;Database=orders;User Id=app;Password=geheim"
            })
    void theyGoBesideAUrlOfAnyFormat(String url) {
        DatabaseUrl added = with(url, Map.of("ApplicationName", "orders & more", "reWriteBatchedInserts", "true"));
        assertThat(added.driverProperties())
                .containsEntry("ApplicationName", "orders & more")
                .containsEntry("reWriteBatchedInserts", "true");
        assertThat(added.database()).isEqualTo("orders");
        assertThat(added.user()).isEqualTo("app");
        assertThat(added.credentials().secret()).isEqualTo("geheim");
        assertThat(added.hosts()).extracting(DatabaseUrl.Host::name).containsExactly("h");
    }

    @Test
    void whatTheUrlHasItselfStaysByWhateverName() {
        for (String url : new String[] {
            "postgresql://app@h/orders?application_name=own", "jdbc:postgresql://h/orders?ApplicationName=own"
        }) {
            assertThat(with(url, Map.of("ApplicationName", "orders")).driverProperties())
                    .containsEntry("ApplicationName", "own");
        }
        assertThat(with("postgresql://h/orders?sslmode=disable", Map.of("sslmode", "require"))
                        .sslMode())
                .isEqualTo(SslMode.DISABLE);
    }

    @Test
    void whatIsOfTlsIsTakenForThat() {
        assertThat(with("postgresql://h/orders", Map.of("ssl", "true")).sslMode())
                .isEqualTo(SslMode.VERIFY_FULL);
        assertThat(with("mysql://h/orders", Map.of("sslMode", "REQUIRED")).sslMode())
                .isEqualTo(SslMode.REQUIRE);
        assertThat(with("mysql://h/orders", Map.of("rewriteBatchedStatements", "true"))
                        .driverProperties())
                .containsEntry("rewriteBatchedStatements", "true");
    }

    @Test
    void whatTheDriverDoesNotKnowIsRefusedByTheProperty() {
        assertThatThrownBy(() -> with("host=h dbname=orders", Map.of("reWriteBatchedInsert", "true")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(
                        "[UNKNOWN_PARAM]", HikariKey.DATA_SOURCE_PROPERTIES.property(), "reWriteBatchedInsert");
        assertThatThrownBy(() -> with("mysql://h/orders", Map.of("rewriteBatchedStatement", "true")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(HikariKey.DATA_SOURCE_PROPERTIES.property());
    }

    @Test
    void whereTheDatabaseIsIsTheUrlsToSay() {
        Map<String, String> other = new LinkedHashMap<>();
        other.put("PGHOST", "elsewhere");
        other.put("PGDBNAME", "other");
        HikariSettings given = given(other);
        DatabaseUrl added = DriverParameters.added(DatabaseUrl.parse("postgresql://h/orders"), given);
        assertThat(added.target()).isEqualTo("postgresql://h/orders");
        assertThat(given.differently()).singleElement().asString().contains("data-source-properties");
    }
}
