package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Diagnoses.doesNotMention;
import static io.github.lifebelt.contract.Diagnoses.examine;
import static io.github.lifebelt.contract.Diagnoses.finding;
import static io.github.lifebelt.contract.Diagnoses.isBroken;
import static io.github.lifebelt.contract.Diagnoses.isSound;
import static io.github.lifebelt.contract.Diagnoses.warns;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Status;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only PostgreSQL says, and that the statement that the doctor advises puts it right. */
class DoctorPostgresTest {

    private static final String OTHERS =
            "select count(*) from pg_stat_activity where backend_type = 'client backend' and usename <> 'app'";

    private static TestDatabase server;
    private Connection admin;

    @BeforeAll
    static void start() {
        server = TestDatabase.postgres().tls(true).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void logIn() throws SQLException {
        admin = Administrator.of(server);
    }

    @AfterEach
    void logOut() throws SQLException {
        admin.close();
    }

    private static DatabaseUrl as(String role) {
        return server.databaseUrl().toBuilder()
                .user(role)
                .password("pw-" + role)
                .build();
    }

    private void role(String name, String options) throws SQLException {
        execute(admin, "drop role if exists " + name);
        execute(admin, "create role " + name + " password 'pw-" + name + "' " + options);
    }

    /** Runs the statement that stands in the advice. */
    private void apply(Finding found) throws SQLException {
        execute(admin, found.fix().replaceFirst("^.*?: ", "").replaceFirst(",? or .*$", ""));
    }

    @Test
    void aRoleThatMayNotLogIn() throws SQLException {
        role("sleeper", "nologin");
        apply(isBroken(as("sleeper"), Layer.AUTH, "AUTH_LOGIN_NOT_ALLOWED"));
        isSound(as("sleeper"), Layer.AUTH);
    }

    @Test
    void aPasswordThatHasExpiredIsARejection() throws SQLException {
        role("late", "login valid until '2020-01-01'");
        assertThat(isBroken(as("late"), Layer.AUTH, "AUTH_REJECTED").what()).contains("has expired");
        execute(admin, "alter role late valid until 'infinity'");
        isSound(as("late"), Layer.AUTH);
    }

    @Test
    void aRoleWithALimitOfItsOwn() throws SQLException {
        role("limited", "login connection limit 1");
        try (Connected only = Connects.open(as("limited"))) {
            apply(isBroken(as("limited"), Layer.SERVER, "SERVER_USER_LIMIT"));
            assertThat(query(only.jdbc(), "select 1")).isEqualTo("1");
        }
        isSound(as("limited"), Layer.SERVER);
    }

    @Test
    void databasesThatAreNotThereOrNotForThisUserOrClosed() throws SQLException {
        role("reader", "login");
        DatabaseUrl url = as("reader").toBuilder().database("Archive").build();
        execute(admin, "drop database if exists \"Archive\"");
        Finding missing = isBroken(url, Layer.SERVER, "DATABASE_NOT_FOUND");
        execute(admin, missing.fix().replaceFirst("^.*run: ", ""));
        isSound(url, Layer.SERVER);
        execute(admin, "revoke connect on database \"Archive\" from public");
        apply(isBroken(url, Layer.SERVER, "DATABASE_NOT_ALLOWED"));
        isSound(url, Layer.SERVER);
        execute(admin, "alter database \"Archive\" allow_connections false");
        apply(isBroken(url, Layer.SERVER, "DATABASE_CLOSED"));
        isSound(url, Layer.SERVER);
    }

    @Test
    void anAddressThatIsNotAllowed() throws SQLException {
        role("stranger", "login");
        String file = query(admin, "show hba_file");
        String before = query(admin, "select pg_read_file('" + file + "')");
        rules(file, "hostssl all stranger all reject", before);
        Finding found = isBroken(as("stranger"), Layer.AUTH, "AUTH_ADDRESS_NOT_ALLOWED");
        assertThat(found.fix()).contains("hostssl app stranger <address>/32 scram-sha-256");
        String line = found.fix()
                .replaceFirst("^.*?: ", "")
                .replaceFirst(", and reload$", "")
                .replace("<address>", "127.0.0.1");
        rules(file, line, "hostssl all stranger all reject\n" + before);
        isSound(as("stranger"), Layer.AUTH);
        rules(file, "", before);
    }

    private void rules(String file, String first, String rest) throws SQLException {
        String array = "string_to_array('" + (first + "\n" + rest).replace("'", "''") + "', E'\\n')";
        execute(admin, "copy (select unnest(" + array + ")) to '" + file + "'");
        String loaded = "select pg_conf_load_time()::text";
        String last = query(admin, loaded);
        execute(admin, "select pg_reload_conf()");
        // The postmaster reads the file when it has got the signal, before it tells its sessions.
        await().until(() -> !query(admin, loaded).equals(last));
    }

    @Test
    void optionsThatTheServerDoesNotTake() {
        DatabaseUrl url = server.databaseUrl();
        isBroken(url.toBuilder().options("-c nosuch=1").build(), Layer.SERVER, "SERVER_SETTING_UNKNOWN");
        isBroken(url.toBuilder().options("-c work_mem=much").build(), Layer.SERVER, "SERVER_OPTIONS_REFUSED");
        isSound(url, Layer.SERVER);
    }

    @Test
    void theEndpointOptionIsNeons() {
        Report report = examine(
                server.databaseUrl().toBuilder().options("endpoint=ep-x").build());
        Finding found = report.firstError().orElseThrow();
        assertThat(found.code()).isEqualTo("ENDPOINT_OPTION");
        assertThat(found.layer()).isEqualTo(Layer.SERVER);
        assertThat(report.status(Layer.TCP)).isEqualTo(Status.OK);
        isSound(server.databaseUrl(), Layer.SERVER);
    }

    @Test
    void commitsThatACrashWouldLose() {
        DatabaseUrl.Builder url = server.databaseUrl().toBuilder();
        warns(examine(url.options("-c synchronous_commit=off").build()), Layer.SERVER, "COMMIT_NOT_DURABLE");
        doesNotMention(examine(url.options("-c synchronous_commit=on").build()), "COMMIT_NOT_DURABLE");
    }

    @Test
    void aRoleThatNoServerHas() {
        DatabaseUrl standby = server.databaseUrl().toBuilder()
                .parameter("targetServerType", "secondary")
                .build();
        isBroken(standby, Layer.SERVER, "SERVER_ROLE");
        isSound(server.databaseUrl(), Layer.SERVER);
    }

    @Test
    void whatOthersUseCounts() throws SQLException {
        role("other_app", "login");
        // Sessions of other tests may just be ending.
        await().until(() -> query(admin, OTHERS).equals("1"));
        int alone = free(fleet());
        try (Connected other = Connects.open(as("other_app"))) {
            assertThat(query(other.jdbc(), "select 1")).isEqualTo("1");
            assertThat(free(fleet())).isEqualTo(alone - 1);
        }
    }

    private static Finding fleet() {
        DatabaseUrl huge =
                server.databaseUrl().toBuilder().setting("max-size", "1000").build();
        return finding(examine(huge), "FLEET_TOO_BIG");
    }

    private static int free(Finding fleet) {
        return Integer.parseInt(fleet.what().replaceFirst("^.*connections, and (\\d+) are to be had.*$", "$1"));
    }

    /** The server takes part of a second to recover, and says so to whoever comes meanwhile. */
    @Test
    void aServerThatRecoversIsStarting() {
        await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).until(() -> {
            server.faults().start();
            try (Connected victim = Connects.open(server)) {
                server.faults().crashBackend(Connects.dialect().sessionId(victim.jdbc()));
            }
            Report report = examine(server.databaseUrl());
            return report.findings().stream().anyMatch(found -> found.code().equals("SERVER_STARTING"));
        });
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> isSound(server.databaseUrl(), Layer.POOL));
    }
}
