package io.github.lifebelt.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("smoke")
class DatabaseUrlTest {

    private static DatabaseUrl.Builder full() {
        return DatabaseUrl.builder("postgresql")
                .host("db.example.com", 5433)
                .host("2001:db8::1")
                .database("orders")
                .user("app")
                .password("s3cret")
                .sslMode(SslMode.VERIFY_CA)
                .sslRootCert("roots.pem")
                .options("-c a=b")
                .parameter("connect_timeout", "5")
                .parameter("sslpassword", "s3cret")
                .parameter("apiToken", "s3cret")
                .parameter("clientSecret", "s3cret")
                .setting("max-size", "7");
    }

    @Test
    void noTextShowsASecret() {
        assertThat(full().build())
                .hasToString("postgresql://app@db.example.com:5433,[2001:db8::1]/orders?sslmode=verify-ca"
                        + "&sslrootcert=roots.pem&options=-c a=b&connect_timeout=5&sslpassword=***&apiToken=***"
                        + "&clientSecret=***&lifebelt.max-size=7");
        assertThat(full().build().target()).isEqualTo("postgresql://app@db.example.com:5433,[2001:db8::1]/orders");
        assertThat(full().build().credentials().toString()).doesNotContain("s3cret");
    }

    @Test
    void aCopyIsEqualAndAChangedOneIsNot() {
        DatabaseUrl url = full().build();
        assertThat(url.toBuilder().build()).isEqualTo(url).hasSameHashCodeAs(url);
        assertThat(url.toBuilder().password("other").build()).isNotEqualTo(url);
        assertThat(url.toBuilder().setting("max-size", "8").build()).isNotEqualTo(url);
    }

    @Test
    void whatWasBuiltDoesNotChange() {
        DatabaseUrl.Builder builder = full();
        DatabaseUrl url = builder.build();
        builder.host("other").parameter("connect_timeout", "6");
        assertThat(url).isEqualTo(full().build());
        assertThatThrownBy(() -> url.parameters().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> url.settings().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> url.hosts().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void nothingIsFilledIn() {
        DatabaseUrl empty = DatabaseUrl.builder("postgresql").build();
        assertThat(empty.hosts()).isEmpty();
        assertThat(empty.database()).isNull();
        assertThat(empty.user()).isNull();
        assertThat(empty.sslMode()).isNull();
        assertThat(empty).hasToString("postgresql://");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void aPortThatCannotBeIsRefused(int port) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> DatabaseUrl.builder("postgresql").host("db.example.com", port));
        assertThat(refused.code()).isEqualTo("PORT_OUT_OF_RANGE");
        assertThat(refused).hasMessageContaining("db.example.com");
    }
}
