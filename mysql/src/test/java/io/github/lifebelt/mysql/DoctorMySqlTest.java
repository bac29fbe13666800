package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Diagnoses.doesNotMention;
import static io.github.lifebelt.contract.Diagnoses.examine;
import static io.github.lifebelt.contract.Diagnoses.isBroken;
import static io.github.lifebelt.contract.Diagnoses.isSound;
import static io.github.lifebelt.contract.Diagnoses.warns;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.Administrators;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only MySQL and MariaDB say, and that the statement that the doctor advises puts it right. */
class DoctorMySqlTest {

    private static TestDatabase server;
    private Connection admin;

    @BeforeAll
    static void start() {
        server = TestDatabase.of(Servers.PRODUCT).tls(true).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void logIn() throws SQLException {
        admin = Administrators.of(server);
    }

    @AfterEach
    void logOut() throws SQLException {
        admin.close();
    }

    private static DatabaseUrl as(String user) {
        return server.databaseUrl().toBuilder()
                .user(user)
                .password("pw-" + user)
                .build();
    }

    private void account(String name, String options) throws SQLException {
        execute(admin, "drop user if exists " + name);
        execute(admin, "create user " + name + " identified by 'pw-" + name + "' " + options);
        execute(admin, "grant all on app.* to " + name);
    }

    /** Runs the statements that stand in the advice. */
    private void apply(Finding found, String password) throws SQLException {
        String statements = found.fix().replaceFirst("^.*(?:run as an administrator|Run as an administrator): ", "");
        for (String statement : statements.replace("…", password).split("; ")) {
            execute(admin, statement);
        }
    }

    @Test
    void anAccountThatIsLocked() throws SQLException {
        account("locked", "account lock");
        apply(isBroken(as("locked"), Layer.AUTH, "AUTH_ACCOUNT_LOCKED"), "");
        isSound(as("locked"), Layer.AUTH);
    }

    @Test
    void aPasswordThatHasExpired() throws SQLException {
        account("expired", "password expire");
        apply(isBroken(as("expired"), Layer.AUTH, "AUTH_PASSWORD_EXPIRED"), "pw-expired");
        isSound(as("expired"), Layer.AUTH);
    }

    @Test
    void anAccountForAnotherAddress() throws SQLException {
        execute(admin, "drop user if exists elsewhere@'10.9.8.7', elsewhere");
        execute(admin, "create user elsewhere@'10.9.8.7' identified by 'pw-elsewhere'");
        Finding found = isBroken(as("elsewhere"), Layer.AUTH, "AUTH_REJECTED");
        assertThat(found.what()).contains("only for other addresses");
        account("elsewhere", "");
        isSound(as("elsewhere"), Layer.AUTH);
    }

    @Test
    void databasesThatAreNotThereOrNotForThisUser() throws SQLException {
        execute(admin, "drop database if exists archive");
        DatabaseUrl url = server.databaseUrl().toBuilder().database("archive").build();
        apply(isBroken(url, Layer.SERVER, "DATABASE_NOT_ALLOWED"), "");
        isSound(url, Layer.SERVER);
        execute(admin, "drop database archive");
        account("mighty", "");
        execute(admin, "grant all on *.* to mighty");
        DatabaseUrl seeing = as("mighty").toBuilder().database("archive").build();
        Finding found = isBroken(seeing, Layer.SERVER, "DATABASE_NOT_FOUND");
        execute(admin, found.fix().replaceFirst("^.*run: ", ""));
        isSound(seeing, Layer.SERVER);
    }

    @Test
    void anAccountWithALimitOfItsOwn() throws SQLException {
        account("limited", "with max_user_connections 1");
        try (Connected only = Connects.open(as("limited"))) {
            isBroken(as("limited"), Layer.SERVER, "SERVER_USER_LIMIT");
            assertThat(query(only.jdbc(), "select 1")).isEqualTo("1");
            execute(admin, "alter user limited with max_user_connections 0");
            isSound(as("limited"), Layer.SERVER);
        }
        account("hourly", "with max_connections_per_hour 1");
        Connects.open(as("hourly")).close();
        apply(isBroken(as("hourly"), Layer.SERVER, "SERVER_USER_LIMIT"), "");
        isSound(as("hourly"), Layer.SERVER);
    }

    @Test
    void commitsThatACrashWouldLose() throws SQLException {
        execute(admin, "set global innodb_flush_log_at_trx_commit = 2");
        warns(examine(server.databaseUrl()), Layer.SERVER, "COMMIT_NOT_DURABLE");
        execute(admin, "set global innodb_flush_log_at_trx_commit = 1");
        doesNotMention(examine(server.databaseUrl()), "COMMIT_NOT_DURABLE");
    }

    /** As MariaDB up to 10.11 says to everybody, and both say of accounts that want TLS: 1045, a wrong password. */
    @Test
    void plainTextThatIsCalledAWrongPassword() throws SQLException {
        account("careful", "require ssl");
        execute(admin, "set global require_secure_transport = off");
        try {
            // The password is known to the server from here on, so that MySQL does not ask for TLS to read it.
            isSound(as("careful"), Layer.AUTH);
            DatabaseUrl plain = as("careful").toBuilder()
                    .sslMode(SslMode.DISABLE)
                    .sslRootCert(null)
                    .build();
            Finding found = isBroken(plain, Layer.TLS, "TLS_REQUIRED");
            assertThat(found.what()).contains("calls that a wrong password", "1045");
            isBroken(plain.toBuilder().password("lifebelt").build(), wrong(), wrongCode());
        } finally {
            execute(admin, "set global require_secure_transport = on");
        }
    }

    /** MySQL looks at the password first, for which it wants TLS if it is not the one it knows. */
    private static Layer wrong() {
        return Servers.isMariaDb(server) ? Layer.AUTH : Layer.TLS;
    }

    private static String wrongCode() {
        return Servers.isMariaDb(server) ? "AUTH_REJECTED" : "TLS_REQUIRED_FOR_LOGIN";
    }
}
