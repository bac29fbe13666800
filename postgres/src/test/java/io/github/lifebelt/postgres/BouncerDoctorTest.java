package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Diagnoses.doctor;
import static io.github.lifebelt.contract.Diagnoses.doesNotMention;
import static io.github.lifebelt.contract.Diagnoses.examine;
import static io.github.lifebelt.contract.Diagnoses.finding;
import static io.github.lifebelt.contract.Diagnoses.isBroken;
import static io.github.lifebelt.contract.Diagnoses.isSound;
import static io.github.lifebelt.contract.Diagnoses.warns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The doctor by way of a real PgBouncer, which says nearly everything as 08P01. */
@Tag("packages")
class BouncerDoctorTest {

    private static final TestDatabase SERVER = Servers.get(true);

    @AfterEach
    void heal() {
        Servers.heal(SERVER);
    }

    @Test
    void whatPgBouncerRefuses() {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(SERVER)) {
            DatabaseUrl url = SERVER.databaseUrl(bouncer);
            isBroken(url.toBuilder().password("lifebelt").build(), Layer.AUTH, "AUTH_REJECTED");
            isBroken(url.toBuilder().database("not_there").build(), Layer.SERVER, "DATABASE_NOT_FOUND");
            isBroken(url.toBuilder().sslMode(SslMode.DISABLE).build(), Layer.TLS, "TLS_REQUIRED");
            Finding options = isBroken(
                    url.toBuilder().options("-c work_mem=1MB").build(), Layer.SERVER, "STARTUP_PARAMETER_REFUSED");
            assertThat(options.fix()).contains("lifebelt.init-sql", "ignore_startup_parameters = options");
            isSound(url.toBuilder().setting("init-sql", "set work_mem = '1MB'").build(), Layer.POOL);
        }
        try (PgBouncer lenient = PgBouncer.inFrontOf(SERVER, Map.of("ignore_startup_parameters", "options"))) {
            isSound(
                    SERVER.databaseUrl(lenient).toBuilder()
                            .options("-c work_mem=1MB")
                            .build(),
                    Layer.POOL);
        }
    }

    @Test
    void aPgBouncerIsSaidToBeThere() {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(SERVER)) {
            DatabaseUrl url = SERVER.databaseUrl(bouncer);
            assertThat(finding(examine(url), "CONNECTION_POOLER").severity()).isEqualTo(Severity.INFO);
            DatabaseUrl prepares =
                    url.toBuilder().parameter("prepareThreshold", "5").build();
            warns(examine(prepares), Layer.SERVER, "PREPARED_STATEMENTS_BEHIND_POOLER");
            doesNotMention(
                    examine(prepares.toBuilder()
                            .parameter("prepareThreshold", "0")
                            .build()),
                    "PREPARED_STATEMENTS_BEHIND_POOLER");
        }
    }

    @Test
    void aPgBouncerWithoutItsServer() {
        SERVER.faults().stop(StopMode.FAST);
        try (PgBouncer bouncer =
                PgBouncer.inFrontOf(SERVER, Map.of("query_wait_timeout", "1", "server_login_retry", "1"))) {
            DatabaseUrl url = SERVER.databaseUrl(bouncer);
            isBroken(examine(doctor(url)), Layer.SERVER, "POOLER_WITHOUT_SERVER");
            SERVER.faults().start();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> isSound(url, Layer.SERVER));
        }
    }
}
