package io.github.lifebelt.internal.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Core alone has no dialect, which is what its users have who forgot to add one. */
class DialectsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:s3cret@h/d",
                "postgres://app:s3cret@h/d",
                "jdbc:postgresql://h/d?password=s3cret",
                "POSTGRES://app:s3cret@h/d"
            })
    void aMissingDialectIsNamedWithItsMavenCoordinate(String url) {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[DIALECT_MISSING]")
                .hasMessageContaining("io.github.lifebelt:lifebelt-postgres")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://app:s3cret@h/d",
                "mariadb://app:s3cret@h/d",
                "jdbc:mysql://h/d?password=s3cret",
                "MySQL://app:s3cret@h/d"
            })
    void theDriverThatADialectDoesNotBringIsNamedWithIt(String url) {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[DIALECT_MISSING]")
                .hasMessageContaining("io.github.lifebelt:lifebelt-mysql (same version as lifebelt-core)")
                .hasMessageContaining("com.mysql:mysql-connector-j")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aDialectThatIsMissingByNameIsNamedWithItsMavenCoordinate() {
        assertThatThrownBy(() -> Dialects.named("mysql"))
                .hasMessageContaining("[DIALECT_MISSING]")
                .hasMessageContaining("io.github.lifebelt:lifebelt-mysql");
        assertThatThrownBy(() -> Dialects.named("sqlite"))
                .hasMessageContaining("[DIALECT_MISSING]")
                .hasMessageContaining("the Lifebelt dialect of that database (same version as lifebelt-core)");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "gopher://app:s3cret@h/d, UNKNOWN_SCHEME",
                "s3cret, UNKNOWN_SCHEME",
                "://s3cret, UNKNOWN_SCHEME",
                "oracle://app:s3cret@h/d, UNSUPPORTED_DIALECT",
                "jdbc:sqlserver://h;password=s3cret, UNSUPPORTED_DIALECT",
                "mssql+pyodbc://app:s3cret@h/d, UNSUPPORTED_DIALECT",
                "psql 'postgresql://app:s3cret@h/d', UNRECOGNISED_FORMAT"
            })
    void anUnknownSchemeIsRefusedWithoutShowingWhatMayBeASecret(String url, String code) {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[" + code + "]")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void anEmptyUrlIsRefused() {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(" ")).hasMessageContaining("[URL_MISSING]");
    }
}
