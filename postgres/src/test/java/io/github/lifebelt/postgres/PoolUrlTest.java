package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a tool gets that connects to a pool's database by the driver. */
@Tag("smoke")
class PoolUrlTest {
    private static final String URL =
            "postgresql://app:s3cret@srv.postgres.database.azure.com/orders?sslmode=require&application_name=shop";

    @Test
    void itVerifiesAsThePoolDoesAndNamesNoUser() {
        try (ConnectionPool pool = ConnectionPool.fromUrl(URL)) {
            assertThat(pool.getUrl())
                    .startsWith("jdbc:postgresql://srv.")
                    .contains("sslmode=verify-full", "sslfactory=", "ApplicationName=shop")
                    .doesNotContain("s3cret", "app:", "user");
        }
    }

    @Test
    void aModeThatIsToStayStays() {
        try (ConnectionPool pool = ConnectionPool.builder(URL).sslModeAsGiven().open()) {
            assertThat(pool.getUrl()).contains("sslmode=require");
        }
    }
}
