package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a tool gets that connects to a pool's database by the driver. */
@Tag("smoke")
class PoolUrlTest {
    private static final String URL = "mysql://app:s3cret@srv.mysql.database.azure.com/orders?sslMode=REQUIRED";

    @Test
    void itVerifiesAsThePoolDoesAndNamesNoUser() {
        try (ConnectionPool pool = ConnectionPool.fromUrl(URL)) {
            assertThat(pool.getUrl())
                    .startsWith("jdbc:mysql://srv.")
                    .contains("sslMode=VERIFY_IDENTITY")
                    .doesNotContain("s3cret", "app:", "user");
        }
    }

    @Test
    void aModeThatIsToStayStays() {
        try (ConnectionPool pool = ConnectionPool.builder(URL).sslModeAsGiven().open()) {
            assertThat(pool.getUrl()).contains("sslMode=REQUIRED");
        }
    }
}
