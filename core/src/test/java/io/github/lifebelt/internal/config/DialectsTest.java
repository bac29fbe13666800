package io.github.lifebelt.internal.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    @ValueSource(strings = {"oracle://app:s3cret@h/d", "s3cret", "psql 'postgresql://app:s3cret@h/d'", "://s3cret"})
    void anUnknownSchemeIsRefusedWithoutShowingWhatMayBeASecret(String url) {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[UNKNOWN_SCHEME]")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void anEmptyUrlIsRefused() {
        assertThatThrownBy(() -> ConnectionPool.fromUrl(" ")).hasMessageContaining("[URL_MISSING]");
    }
}
