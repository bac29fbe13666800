package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Several hosts in a URL: a primary and a replica that follows it. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class HostListTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Parameter
    boolean tls;

    private TestDatabase primary;
    private TestDatabase replica;

    @BeforeEach
    void start() {
        primary = TestDatabase.postgres().tls(tls).start();
        replica = primary.replica();
    }

    @AfterEach
    void stop() {
        replica.close();
        primary.close();
    }

    private DatabaseUrl.Builder replicaFirst() {
        return list(replica.port(), primary.port());
    }

    private DatabaseUrl.Builder list(int... ports) {
        DatabaseUrl given = primary.databaseUrl();
        DatabaseUrl.Builder list = DatabaseUrl.builder(given.dialect());
        for (int port : ports) {
            list.host("localhost", port);
        }
        return list.database(given.database())
                .user(given.user())
                .password(given.credentials().secret())
                .sslMode(given.sslMode())
                .sslRootCert(given.sslRootCert());
    }

    private static ConnectRequest request(DatabaseUrl url, Role role, Duration within) {
        return new ConnectRequest(
                url,
                url.credentials(),
                Connects.request(url, within).tls(),
                System.nanoTime() + within.toNanos(),
                HostResolver.JDK,
                role);
    }

    /** The port of the server that was found. */
    private static int found(DatabaseUrl url, Role role, Duration within) throws SQLException {
        ConnectRequest request = request(url, role, within);
        try (Connection connection = Connects.dialect().connect(request)) {
            assertThat(Objects.requireNonNull(request.socket()).probe()).isEqualTo(Liveness.QUIET);
            request.socket().deadline(System.nanoTime() + SOON.toNanos());
            int port = Integer.parseInt(query(connection, "show port"));
            return port;
        } finally {
            Objects.requireNonNull(request.socket()).abort();
        }
    }

    private static int found(DatabaseUrl url) throws SQLException {
        return found(url, Role.READ_WRITE, SOON);
    }

    private static SQLException fails(DatabaseUrl url) {
        return catchThrowableOfType(SQLException.class, () -> found(url));
    }

    @Test
    @Tag("smoke")
    void aWriterGetsThePrimaryAndAReaderTheFirst() throws SQLException {
        assertThat(found(replicaFirst().build())).isEqualTo(primary.port());
        assertThat(found(replicaFirst().build(), Role.READ_ONLY, SOON)).isEqualTo(replica.port());
        assertThat(found(list(primary.port(), replica.port()).build())).isEqualTo(primary.port());
    }

    @Test
    @Tag("smoke")
    void aReplicaThatIsPromotedIsFoundAtOnce() throws SQLException {
        DatabaseUrl url = replicaFirst().build();
        assertThat(found(url)).isEqualTo(primary.port());
        primary.faults().crash();
        assertThat(found(url)).as("better than none").isEqualTo(replica.port());
        SQLException none =
                fails(url.toBuilder().parameter("targetServerType", "primary").build());
        assertThat((Throwable) none).hasMessageContaining("targetServerType=primary");
        assertThat(Connects.whileConnecting(none)).isEqualTo(Verdict.DATABASE_DOWN);

        replica.faults().promote();

        assertThat(found(
                        url.toBuilder().parameter("targetServerType", "primary").build()))
                .isEqualTo(replica.port());
        DatabaseUrl other = list(primary.port(), replica.port()).build();
        for (DatabaseUrl each : new DatabaseUrl[] {url, other}) {
            ConnectRequest request = request(each, Role.READ_WRITE, SOON);
            try (Connection connection = Connects.dialect().connect(request)) {
                execute(connection, "create temporary table t (i int)");
            }
        }
    }

    @Test
    void theDriversWordsMeanTheSame() throws SQLException {
        for (String type : List.of("primary", "master", "preferPrimary")) {
            assertFinds(type, primary.port(), primary.port());
        }
        for (String type : List.of("secondary", "slave", "preferSecondary", "preferSlave")) {
            assertFinds(type, replica.port(), replica.port());
        }
        assertFinds("any", replica.port(), primary.port());
    }

    private void assertFinds(String type, int replicaFirst, int primaryFirst) throws SQLException {
        assertThat(found(replicaFirst().parameter("targetServerType", type).build()))
                .as(type)
                .isEqualTo(replicaFirst);
        DatabaseUrl reversed = list(primary.port(), replica.port())
                .parameter("targetServerType", type)
                .build();
        assertThat(found(reversed)).as(type).isEqualTo(primaryFirst);
    }

    @Test
    void oneHostIsHeldToItToo() throws SQLException {
        DatabaseUrl only = replica.databaseUrl();
        assertThat(found(only)).isEqualTo(replica.port());
        assertThat(found(only.toBuilder()
                        .parameter("targetServerType", "preferPrimary")
                        .build()))
                .isEqualTo(replica.port());
        SQLException none = fails(
                only.toBuilder().parameter("target_session_attrs", "read-write").build());
        assertThat(Connects.whileConnecting(none)).isEqualTo(Verdict.DATABASE_DOWN);
        await().atMost(SOON).until(() -> replica.sessions() == 0);
    }

    @Test
    void aPrimaryThatIsFullIsNoLongerPreferred() throws SQLException {
        primary.faults().makeReadOnly();
        DatabaseUrl url = list(primary.port(), replica.port())
                .parameter("targetServerType", "primary")
                .build();
        await().atMost(SOON).until(() -> catchThrowableOfType(SQLException.class, () -> found(url)) != null);
        primary.faults().makeWritable();
        await().atMost(SOON).ignoreExceptions().until(() -> found(url) == primary.port());
    }

    @Test
    void aHostThatSwallowsLeavesTheOthersTheirPartAndIsTriedLast() throws SQLException {
        try (Stalls stalls = new Stalls();
                FaultProxy hole = primary.proxy()) {
            hole.blackhole();
            DatabaseUrl url = list(hole.port(), primary.port()).build();
            long begin = System.nanoTime();
            assertThat(found(url, Role.READ_WRITE, Duration.ofSeconds(4))).isEqualTo(primary.port());
            assertThat(since(begin)).isBetween(Duration.ofMillis(1900), stalls.allowFor(Duration.ofMillis(3500)));
            begin = System.nanoTime();
            assertThat(found(url, Role.READ_WRITE, Duration.ofSeconds(4))).isEqualTo(primary.port());
            assertThat(since(begin)).isLessThan(stalls.allowFor(Duration.ofMillis(1000)));
        }
    }

    @Test
    void theLoadIsSpread() throws SQLException {
        DatabaseUrl url = replicaFirst()
                .parameter("targetServerType", "any")
                .parameter("loadBalanceHosts", "true")
                .build();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 100 && seen.size() < 2; i++) {
            seen.add(found(url));
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void aRejectedLoginEndsTheSearch() {
        try (FaultProxy first = primary.proxy();
                FaultProxy second = primary.proxy()) {
            DatabaseUrl url =
                    list(first.port(), second.port()).password("wrong").build();
            assertThat(Connects.whileConnecting(fails(url))).isEqualTo(Verdict.AUTHENTICATION);
            assertThat(second.accepted())
                    .as("accounts are not locked the sooner")
                    .isZero();
        }
    }

    @Test
    void whatMayPassCountsMoreThanWhatDoesNot() {
        try (FaultProxy refusing = primary.proxy()) {
            refusing.refuse();
            DatabaseUrl url =
                    list(primary.port(), refusing.port()).database("missing").build();
            SQLException failure = fails(url);
            assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
            assertThat(failure.getSuppressed())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
        }
    }

    @Test
    void settingsOfTheSearchAreShownAndNotTheDrivers() {
        Map<String, String> properties = Connects.dialect()
                .driverProperties(replicaFirst()
                        .parameter("target_session_attrs", "prefer-standby")
                        .build());
        assertThat(properties).containsEntry("targetServerType", "preferSecondary");
    }
}
