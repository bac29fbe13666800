package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Diagnoses.doctor;
import static io.github.lifebelt.contract.Diagnoses.doesNotMention;
import static io.github.lifebelt.contract.Diagnoses.examine;
import static io.github.lifebelt.contract.Diagnoses.finding;
import static io.github.lifebelt.contract.Diagnoses.isBroken;
import static io.github.lifebelt.contract.Diagnoses.isSound;
import static io.github.lifebelt.contract.Diagnoses.warns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.doctor.Doctor;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.doctor.Doctor.Status;
import io.github.lifebelt.internal.doctor.Examination;
import io.github.lifebelt.internal.doctor.Patient;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.PoolAssertions;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The doctor names the layer and the thing, on each server, and what it advises works. */
class DoctorTest extends PoolTest {

    private static final Duration SHORT = Duration.ofSeconds(4);

    /** Other tests leave theirs. */
    @BeforeEach
    void dropTheTableOfTokens() throws SQLException {
        try (Connection connection = bare()) {
            Sql.execute(connection, "drop table if exists lifebelt_token");
        }
    }

    private DatabaseUrl url() {
        return server().databaseUrl();
    }

    @Test
    @Tag("smoke")
    void nothingIsWrong() {
        Report report = examine(url());
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.severity()).as("%s", finding).isNotEqualTo(Severity.ERROR));
        assertThat(report.layers())
                .allSatisfy(layer -> assertThat(layer.status()).isEqualTo(Status.OK));
        assertThat(report.orThrow().text()).contains("logged in as app", "max-size 5");
        assertThat(finding(report, "TOKEN_TABLE_MISSING").fix()).contains("create table lifebelt_token");
    }

    @Test
    void itLeavesNothingBehind() {
        examine(url());
        await().until(() -> server().sessions() == 0);
    }

    // ------------------------------------------------------------------------------------------------ secret

    @Test
    void whatWouldNotBeAPasswordIsNotSent() {
        String placeholder = server().url().replace("lifebelt%24test", "%7Byour_password%7D");
        Report report = examine(Doctor.of(placeholder));
        isBroken(report, Layer.SECRET, "PLACEHOLDER_NOT_REPLACED");
        assertThat(examine(Doctor.of(server().url())).status(Layer.AUTH)).isEqualTo(Status.OK);
    }

    @Test
    void theShapeOfAPasswordIsLookedAt() {
        Report report = examine(url().toBuilder().password("'quoted%24' ").build());
        warnsOnly(report, "PASSWORD_HAS_BLANKS", "PASSWORD_IN_QUOTES", "PASSWORD_PERCENT_ENCODED");
        doesNotMention(examine(url()), "PASSWORD_IN_QUOTES");
    }

    private static void warnsOnly(Report report, String... codes) {
        for (String code : codes) {
            assertThat(finding(report, code).severity()).isEqualTo(Severity.WARNING);
        }
    }

    @Test
    void credentialsThatAreNotToBeHad() {
        ConnectionPool pool = open(builder().credentials(() -> {
            throw new SQLException("the vault says hush-hush");
        }));
        Report report = Doctor.of(pool.config()).examine();
        Finding found = isBroken(report, Layer.SECRET, "CREDENTIALS_UNAVAILABLE");
        assertThat(found.what()).doesNotContain("hush-hush");
        ConnectionPool cured = open(builder().credentials(() -> Credentials.of(server().user(), server().password())));
        assertThat(Doctor.of(cured.config()).examine().status(Layer.AUTH)).isEqualTo(Status.OK);
    }

    // ------------------------------------------------------------------------------------------------ dns, tcp

    @Test
    void aHostThatHasNoAddress() {
        DatabaseUrl wrong = TlsLogins.at(url(), "no-such-host.invalid");
        Finding found = isBroken(wrong, Layer.DNS, "UNKNOWN_HOST");
        assertThat(found.what()).contains("no-such-host.invalid");
        isSound(TlsLogins.at(wrong, server().host()), Layer.DNS);
    }

    @Test
    void aResolverThatDoesNotAnswerIsNotWaitedFor() throws Exception {
        ConnectionPool pool = open(ConnectionPool.builder(url()).resolver(host -> {
            try {
                new java.util.concurrent.CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }));
        long begin = System.nanoTime();
        Report report = Doctor.of(pool.config()).timeout(Duration.ofSeconds(1)).examine();
        isBroken(report, Layer.DNS, "UNKNOWN_HOST");
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
    }

    @Test
    void aServerThatIsNotRunning() {
        server().faults().stop(StopMode.FAST);
        Finding found = isBroken(url(), Layer.TCP, "TCP_REFUSED");
        assertThat(found.fix()).contains("Start the server");
        server().faults().start();
        isSound(url(), Layer.POOL);
    }

    @Test
    void aFrozenServerIsNotWaitedFor() {
        server().faults().freeze();
        long begin = System.nanoTime();
        isBroken(examine(doctor(url()).timeout(SHORT)), Layer.TCP, "SERVER_SILENT");
        assertThat(since(begin)).isLessThan(atMost(SHORT.plusSeconds(1)));
        server().faults().thaw();
        isSound(url(), Layer.POOL);
    }

    @Test
    void aServerThatDoesNotAnswerAfterTheLoginIsNotWaitedFor() {
        String endless = Servers.PRODUCT == DatabaseProduct.POSTGRESQL ? "select pg_sleep(60)" : "select sleep(60)";
        DatabaseUrl slow = url().toBuilder().setting("init-sql", endless).build();
        long begin = System.nanoTime();
        isBroken(examine(doctor(slow).timeout(Duration.ofSeconds(2))), Layer.POOL, "INIT_SQL_FAILED");
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(4)));
        isSound(url(), Layer.POOL);
        // The server goes on with it for a minute, and other tests count its sessions.
        Servers.killSessions(server());
    }

    @Test
    void clocksThatDiffer() {
        Patient patient = Patient.of(open().config());
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-3));
        Report report = new Examination(patient.clock(late)).report();
        warns(report, Layer.SERVER, "CLOCK_SKEW");
        assertThat(finding(report, "CLOCK_SKEW").what()).contains("ahead of this machine's");
        doesNotMention(new Examination(patient).report(), "CLOCK_SKEW");
    }

    @Test
    void proxiesThatLeadNowhere() {
        try (FaultProxy proxy = server().proxy()) {
            DatabaseUrl through = server().databaseUrl(proxy);
            proxy.refuse();
            isBroken(through, Layer.TCP, "TCP_REFUSED");
            proxy.heal();
            proxy.acceptAndStaySilent();
            isBroken(examine(doctor(through).timeout(SHORT)), Layer.TCP, "SERVER_SILENT");
            proxy.heal();
            proxy.blackhole();
            long begin = System.nanoTime();
            isBroken(examine(doctor(through).timeout(SHORT)), Layer.TCP, "SERVER_SILENT");
            assertThat(since(begin)).isLessThan(atMost(SHORT.plusSeconds(1)));
            proxy.heal();
            isSound(through, Layer.TCP);
        }
    }

    @Test
    void whatIsNoServerOfThisKind() throws Exception {
        try (Listener web = new Listener("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")) {
            Finding found = isBroken(on(web.port()), Layer.TCP, "WRONG_PROTOCOL");
            assertThat(found.what()).contains("web server");
        }
        String other =
                Servers.PRODUCT == DatabaseProduct.POSTGRESQL ? Listener.MYSQL_GREETING : Listener.POSTGRES_ANSWER;
        try (Listener wrong = new Listener(other)) {
            Finding found = isBroken(on(wrong.port()), Layer.TCP, "WRONG_PROTOCOL");
            assertThat(found.fix()).contains("begin the URL with");
        }
        try (Listener closing = new Listener("")) {
            isBroken(on(closing.port()), Layer.TCP, "CONNECTION_CLOSED");
        }
        isSound(on(server().port()), Layer.TCP);
    }

    private DatabaseUrl on(int port) {
        return DatabaseUrl.builder(url().dialect())
                .host(server().host(), port)
                .database(url().database())
                .user(url().user())
                .password(server().password())
                .sslMode(url().sslMode())
                .setting("connect-timeout", "2s")
                .build();
    }

    // ------------------------------------------------------------------------------------------------ auth, server

    @Test
    @Tag("smoke")
    void aWrongPassword() {
        DatabaseUrl wrong = url().toBuilder().password("lifebelt").build();
        Finding found = isBroken(wrong, Layer.AUTH, "AUTH_REJECTED");
        assertThat(found.fix()).contains("'$'", "single quotes");
        assertThat(found.what()).contains(Sql.WRONG_PASSWORD);
        isSound(wrong.toBuilder().password(server().password()).build(), Layer.AUTH);
    }

    @Test
    void anUnknownUserAndNoPassword() {
        isBroken(url().toBuilder().user("nobody1").build(), Layer.AUTH, "AUTH_REJECTED");
        Report none = examine(url().toBuilder().password(null).build());
        isBroken(none, Layer.AUTH, "AUTH_NO_PASSWORD");
        assertThat(finding(none, "PASSWORD_MISSING").severity()).isEqualTo(Severity.INFO);
        isBroken(url().toBuilder().user("app@" + server().host()).build(), Layer.AUTH, "AUTH_USER_AT_SERVER");
        isSound(url(), Layer.AUTH);
    }

    @Test
    void aDatabaseThatIsNotThere() {
        DatabaseUrl missing = url().toBuilder().database("not_there").build();
        boolean tells = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;
        Finding found = isBroken(missing, Layer.SERVER, tells ? "DATABASE_NOT_FOUND" : "DATABASE_NOT_ALLOWED");
        assertThat(found.fix()).contains("CREATE DATABASE");
        isSound(missing.toBuilder().database(server().database()).build(), Layer.SERVER);
    }

    @Test
    void aFullServer() throws Exception {
        try (TestDatabase small =
                TestDatabase.of(Servers.PRODUCT).tls(tls).maxConnections(10).start()) {
            List<Connection> all = new ArrayList<>();
            try {
                while (true) {
                    all.add(Servers.bare(small));
                }
            } catch (SQLException full) {
                isBroken(small.databaseUrl(), Layer.SERVER, "SERVER_FULL");
            } finally {
                for (Connection one : all) {
                    one.close();
                }
            }
            await().until(() -> small.sessions() == 0);
            isSound(small.databaseUrl(), Layer.SERVER);
            fleet(small);
        }
    }

    private static void fleet(TestDatabase small) {
        Doctor three = doctor(small.databaseUrl()).replicas(3).surge(1);
        Report report = examine(three);
        warns(report, Layer.SERVER, "FLEET_TOO_BIG");
        Finding found = finding(report, "FLEET_TOO_BIG");
        assertThat(found.what()).contains("4 instances with max-size 5 may open 20 connections");
        String fits = found.fix().replaceFirst(".*max-size to (\\d+) or less.*", "$1");
        Doctor cured =
                doctor(small.databaseUrl().toBuilder().setting("max-size", fits).build());
        doesNotMention(examine(cured.replicas(3).surge(1)), "FLEET_TOO_BIG");
        Report big = examine(
                small.databaseUrl().toBuilder().setting("max-size", "50").build());
        warns(big, Layer.POOL, "POOL_TOO_BIG");
        String most = finding(big, "POOL_TOO_BIG").fix().replaceFirst(".*max-size to (\\d+) or less.*", "$1");
        doesNotMention(
                examine(small.databaseUrl().toBuilder()
                        .setting("max-size", most)
                        .build()),
                "POOL_TOO_BIG");
    }

    @Test
    void aServerThatTakesNoWrites() {
        server().faults().makeReadOnly();
        Report report = examine(url());
        warns(report, Layer.SERVER, "SERVER_READ_ONLY");
        doesNotMention(examine(url().toBuilder().setting("read-only", "true").build()), "SERVER_READ_ONLY");
        server().faults().makeWritable();
        doesNotMention(examine(url()), "SERVER_READ_ONLY");
    }

    @Test
    void aTokenTableThatIsThere() throws SQLException {
        String statement = finding(examine(url()), "TOKEN_TABLE_MISSING").fix().replaceFirst("^.*run: ", "");
        try (Connection connection = bare()) {
            Sql.execute(connection, statement);
            try {
                doesNotMention(examine(url()), "TOKEN_TABLE_MISSING");
            } finally {
                Sql.execute(connection, "drop table lifebelt_token");
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ pool

    @ParameterizedTest
    @CsvSource({
        "max-size, 0, INVALID_SETTING, 5",
        "borrow-timeout, 30, INVALID_SETTING, 30s",
        "init-sql, selec 1, INIT_SQL_FAILED, select 1"
    })
    void settingsThatCannotBe(String setting, String wrong, String code, String right) {
        isBroken(url().toBuilder().setting(setting, wrong).build(), Layer.POOL, code);
        isSound(url().toBuilder().setting(setting, right).build(), Layer.POOL);
    }

    @Test
    void aBorrowerNeedsMoreTimeThanItsConnect() {
        DatabaseUrl equal = url().toBuilder()
                .setting("borrow-timeout", "10s")
                .setting("connect-timeout", "10s")
                .build();
        Report report = examine(equal);
        warns(report, Layer.POOL, "BORROW_BELOW_CONNECT");
        assertThat(finding(report, "BORROW_BELOW_CONNECT").fix()).contains("connect-timeout below 10s");
        doesNotMention(
                examine(equal.toBuilder().setting("connect-timeout", "5s").build()), "BORROW_BELOW_CONNECT");
    }

    @Test
    void settingsThatDoNotFitTheServersIdleTimeOut() throws Exception {
        try (TestDatabase idle = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .idleTimeout(Duration.ofSeconds(100))
                .start()) {
            DatabaseUrl slow =
                    idle.databaseUrl().toBuilder().setting("keepalive", "5m").build();
            Report report = examine(slow);
            warns(report, Layer.POOL, "KEEPALIVE_TOO_SLOW");
            assertThat(finding(report, "KEEPALIVE_TOO_SLOW").fix()).contains("keepalive to 50s");
            doesNotMention(examine(slow.toBuilder().setting("keepalive", "50s").build()), "KEEPALIVE_TOO_SLOW");
            Report off = examine(slow.toBuilder().setting("keepalive", "0").build());
            warns(off, Layer.POOL, "RECYCLE_ABOVE_IDLE_TIMEOUT");
        }
    }

    // ------------------------------------------------------------------------------------------------ without
    // connecting

    @Test
    void whoDoesNotConnectSendsNothing() {
        try (FaultProxy proxy = server().proxy()) {
            Report report = examine(doctor(server().databaseUrl(proxy)).withoutConnecting());
            assertThat(proxy.accepted()).isZero();
            assertThat(report.status(Layer.SECRET)).isEqualTo(Status.OK);
            assertThat(report.status(Layer.TCP)).isEqualTo(Status.SKIPPED);
            assertThat(report.status(Layer.AUTH)).isEqualTo(Status.SKIPPED);
        }
    }

    @Test
    void testsAssertThatNothingIsBroken() {
        assertThat(PoolAssertions.isHealthy(server().url()).firstError()).isEmpty();
        assertThatThrownBy(() -> PoolAssertions.isHealthy(server().url().replace("lifebelt%24test", "lifebelt")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[AUTH_REJECTED]")
                .hasMessageContaining("Fix: ");
    }

    @Test
    void whoWaitsForTheStartIsToldTheFixAtItsEnd() {
        ConnectionPool pool = open(
                ConnectionPool.builder(url().toBuilder().password("lifebelt").build()));
        assertThatThrownBy(() -> pool.awaitReady(Duration.ofSeconds(20)))
                .hasMessageStartingWith("[CONNECT_REFUSED]")
                .hasMessageContaining("AUTH_REJECTED")
                .hasMessageContaining("Fix: Set the password that the server knows");
    }

    @Test
    void whoIsToThrowThrowsTheFirstError() {
        Report report = examine(url().toBuilder().password("lifebelt").build());
        assertThatThrownBy(report::orThrow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[AUTH_REJECTED] ")
                .hasMessageContaining("Fix: ");
    }

    /** Answers each connection with the same words, and closes it. */
    private static final class Listener implements AutoCloseable {
        static final String MYSQL_GREETING = "\u004a\0\0\0\n8.0.31\0" + "x".repeat(64);
        static final String POSTGRES_ANSWER = "N";

        private final ServerSocket socket;
        private final String words;

        Listener(String words) throws IOException {
            this.words = words;
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::answer, "listener");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void answer() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.setSoTimeout(500);
                    if (!words.isEmpty() && !words.equals(MYSQL_GREETING)) {
                        client.getInputStream().read(new byte[64]);
                    }
                    client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
                    client.shutdownOutput();
                    // Else what the client still sends would be answered by a reset, which takes the words along.
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // Whoever only looked whether somebody listens, or the end of the test.
                    continue;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
