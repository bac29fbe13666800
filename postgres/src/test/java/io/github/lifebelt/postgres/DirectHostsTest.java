package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.url.DatabaseUrl;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which ways past a pooler are known without asking anybody. */
class DirectHostsTest {

    private static final PostgresDialect DIALECT = new PostgresDialect();

    private static DatabaseUrl direct(String hosts) {
        return DIALECT.direct(DatabaseUrl.parse("postgresql://" + hosts + "/orders"));
    }

    @ParameterizedTest
    @CsvSource({
        "srv.postgres.database.azure.com:6432, srv.postgres.database.azure.com:5432",
        "srv.postgres.database.azure.com:8432, srv.postgres.database.azure.com:5432",
        "SRV.Postgres.Database.Azure.Com.:6432, SRV.Postgres.Database.Azure.Com.:5432",
        "ep-cool-1-pooler.eu-central-1.aws.neon.tech, ep-cool-1.eu-central-1.aws.neon.tech",
        "ep-cool-1-pooler.eu-central-1.aws.neon.tech:5432, ep-cool-1.eu-central-1.aws.neon.tech:5432",
        "srv.postgres.database.azure.com:5432, srv.postgres.database.azure.com:5432",
        "srv.postgres.database.azure.com, srv.postgres.database.azure.com",
        "ep-cool-1.eu-central-1.aws.neon.tech, ep-cool-1.eu-central-1.aws.neon.tech",
        "my-pooler.example.com, my-pooler.example.com",
        "db.example.com:6432, db.example.com:6432"
    })
    void theServerBehindAKnownPoolerIsMeant(String pooled, String server) {
        assertThat(direct(pooled).hosts().stream()
                        .map(DatabaseUrl.Host::toString)
                        .collect(Collectors.joining(",")))
                .isEqualTo(server);
    }

    @Test
    void allElseStays() {
        DatabaseUrl pooled = DatabaseUrl.parse("postgresql://app:pw@srv.postgres.database.azure.com:6432/orders"
                + "?sslmode=verify-full&application_name=shop&lifebelt.max-size=3");
        DatabaseUrl direct = DIALECT.direct(pooled);
        DatabaseUrl wanted = DatabaseUrl.parse("postgresql://app:pw@srv.postgres.database.azure.com:5432/orders"
                + "?sslmode=verify-full&application_name=shop&lifebelt.max-size=3");
        assertThat(direct).isEqualTo(wanted);
        assertThat(direct.credentials()).isEqualTo(pooled.credentials());
        // The driver may prepare on the server again.
        assertThat(pooled.driverProperties()).containsEntry("prepareThreshold", "0");
        assertThat(direct.driverProperties()).doesNotContainKey("prepareThreshold");
    }

    @Test
    void aUrlWithoutAPoolerIsTheSame() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://app@db.example.com/orders");
        assertThat(DIALECT.direct(url)).isSameAs(url);
    }
}
