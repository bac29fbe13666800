package io.github.lifebelt.apps.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceTest {
    private static final long ALL_MONEY = Bank.ACCOUNTS * 10_000L;
    private static final int THREADS = 4;
    private static final Duration SOON = Duration.ofSeconds(20);

    private EmbeddedServer server;
    private Service service;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        server = EmbeddedServer.start(Database.POSTGRES, text -> {});
        service = Service.start(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), THREADS);
        client = new Client(service.address());
    }

    @AfterEach
    void stop() {
        service.close();
        server.close();
    }

    @Test
    void everyAddressAnswers() throws Exception {
        assertThat(client.get("/").body()).contains("<!doctype html>", "/live", "/health");
        assertThat(client.get("/").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(client.json("/health").at("/status").textValue()).isEqualTo("UP");
        assertThat(client.json("/health").at("/schema/ready").booleanValue()).isTrue();
        assertThat(client.json("/health/live").at("/live").booleanValue()).isTrue();
        assertThat(client.json("/health/ready").at("/ready").booleanValue()).isTrue();
        assertThat(client.get("/metrics").body()).contains("db_client_connection_count{");
        assertThat(client.json("/live").at("/pool/max").intValue()).isPositive();
        assertThat(client.get("/nothing").statusCode()).isEqualTo(404);
        assertThat(client.get("/health/nothing").statusCode()).isEqualTo(404);
        assertThat(client.get("/metrics/").statusCode()).isEqualTo(404);
    }

    @Test
    void transfersMoveMoneyAndKeepTheSum() throws Exception {
        HttpResponse<String> answer = client.transfer("{\"from\":1,\"to\":2,\"amount\":5}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        awaitCommitted(50);
        assertThat(sum()).isEqualTo(ALL_MONEY);
        assertThat(StreamSupport.stream(client.json("/accounts").spliterator(), false))
                .anyMatch(account -> account.at("/balance").longValue() != 10_000);
    }

    @Test
    void whatIsNoTransferIsRefused() throws Exception {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "null",
                "{\"from\":1,\"to\":2}",
                "{\"from\":1,\"to\":1,\"amount\":5}",
                "{\"from\":1,\"to\":2,\"amount\":-5}",
                "{\"from\":1,\"to\":2,\"amount\":0.5}",
                "{\"from\":1,\"to\":2,\"amount\":\"5\"}",
                "{\"from\":4294967297,\"to\":2,\"amount\":5}",
                "{\"from\":1,\"to\":2,\"amount\":5,\"amount\":6}",
                "{\"from\":1,\"to\":2,\"amount\":5} {}")) {
            HttpResponse<String> answer = client.transfer(body);

            assertThat(answer.statusCode()).as(body + answer.body()).isEqualTo(400);
            assertThat(json(answer).at("/error").textValue()).isEqualTo("bad-request");
        }
        assertThat(client.transfer(" ".repeat(5000)).statusCode()).isEqualTo(413);
        assertThat(client.post("/transfers", "{\"from\":1,\"to\":2,\"amount\":5}", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void whatTheBusinessRefusesIsAConflictAndChangesNothing() throws Exception {
        assertDeclined("{\"from\":1,\"to\":2,\"amount\":1000000}", "not-enough");
        assertDeclined("{\"from\":2,\"to\":1,\"amount\":1000000}", "not-enough");
        assertDeclined("{\"from\":1,\"to\":99,\"amount\":5}", "no-such-account");
        assertDeclined("{\"from\":99,\"to\":1,\"amount\":5}", "no-such-account");
        assertThat(sum()).isEqualTo(ALL_MONEY);
    }

    private void assertDeclined(String transfer, String error) throws Exception {
        HttpResponse<String> answer = client.transfer(transfer);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).at("/error").textValue()).isEqualTo(error);
    }

    @Test
    void whatChangesSomethingIsAPostFromHere() throws Exception {
        assertThat(client.get("/transfers").statusCode()).isEqualTo(405);
        assertThat(client.get("/control/kill").statusCode()).isEqualTo(405);
        assertThat(client.get("/control/kill").headers().firstValue("Allow")).contains("POST");
        assertThat(client.post("/health", "").statusCode()).isEqualTo(405);

        String here = "localhost:" + client.port();
        assertThat(client.rawPost("/control/kill", here, "Sec-Fetch-Site: cross-site"))
                .isEqualTo(403);
        assertThat(client.rawPost("/control/kill", here, "Sec-Fetch-Site: same-site"))
                .isEqualTo(403);
        assertThat(client.rawPost("/control/kill", here, "Origin: http://evil.example"))
                .isEqualTo(403);
        assertThat(client.rawPost("/control/kill", here, "Origin: http://localhost:1"))
                .isEqualTo(403);
        assertThat(client.rawPost("/control/kill", here, "Origin: null")).isEqualTo(403);
        // A name of somebody else's that leads here: to the browser, that is one site.
        assertThat(client.rawPost(
                        "/control/kill",
                        "evil.example:" + client.port(),
                        "Origin: http://evil.example:" + client.port(),
                        "Sec-Fetch-Site: same-origin"))
                .isEqualTo(403);
        assertThat(client.rawPost("/transfers", here, "Content-Type: application/json", "Origin: http://evil.example"))
                .isEqualTo(403);
        assertThat(client.json("/live").at("/kills").intValue()).isZero();

        assertThat(client.rawPost("/control/kill", here, "Origin: http://" + here, "Sec-Fetch-Site: same-origin"))
                .isEqualTo(200);
        assertThat(client.json("/live").at("/kills").intValue()).isPositive();
    }

    @Test
    void killingAllSessionsFailsNoTransfer() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(client.post("/control/kill", "").statusCode()).isEqualTo(200);
            assertThat(client.transfer("{\"from\":3,\"to\":4,\"amount\":1}").statusCode())
                    .isEqualTo(200);
            awaitCommitted(service.transfers().committed() + THREADS);
        }

        assertThat(client.json("/live").at("/kills").intValue()).isGreaterThanOrEqualTo(10);
        assertThat(client.json("/live").at("/pool/replaced").intValue()).isPositive();
        assertThat(service.transfers().failed()).isZero();
        assertThat(service.transfers().unknown()).isZero();
        assertThat(sum()).isEqualTo(ALL_MONEY);
    }

    @Test
    void readinessFollowsTheServerAndNoTransferFailsOverAShortOutage() throws Exception {
        assertThat(client.post("/control/start", "").statusCode()).isEqualTo(409);
        assertThat(client.post("/control/stop", "").statusCode()).isEqualTo(200);

        awaitStatus("/health", 503);
        assertThat(client.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(client.json("/health/ready").at("/reasons").toString()).contains("DATABASE_UNREACHABLE");
        // Restarting this process would help nobody.
        assertThat(client.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(client.json("/live").at("/control/server").textValue()).isEqualTo("STOPPED");
        assertThat(client.post("/control/kill", "").statusCode()).isEqualTo(409);
        HttpResponse<String> unread = client.get("/accounts");
        assertThat(unread.statusCode()).isEqualTo(503);
        assertThat(json(unread).at("/effect").textValue()).isEqualTo("NONE");
        assertThat(unread.body()).doesNotContain(server.password(), server.user(), "SQL");

        assertThat(client.post("/control/start", "").statusCode()).isEqualTo(200);
        awaitStatus("/health", 200);
        awaitCommitted(service.transfers().committed() + THREADS);
        assertThat(service.transfers().failed()).isZero();
        assertThat(service.transfers().unknown()).isZero();
        assertThat(sum()).isEqualTo(ALL_MONEY);
    }

    @Test
    void aFrozenServerFreezesNeitherThePageNorTheHealth() throws Exception {
        assertThat(client.post("/control/freeze", "").statusCode()).isEqualTo(200);

        long start = System.nanoTime();
        assertThat(client.json("/live").at("/control/server").textValue()).isEqualTo("FROZEN");
        assertThat(client.get("/health/live").statusCode()).isEqualTo(200);
        awaitStatus("/health", 503);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));

        assertThat(client.post("/control/thaw", "").statusCode()).isEqualTo(200);
        awaitStatus("/health", 200);
        awaitCommitted(service.transfers().committed() + THREADS);
        assertThat(sum()).isEqualTo(ALL_MONEY);
    }

    @Test
    void whoHoldsTheConnectionsOfAnExhaustedPoolIsSaidAndCallersGoOnAfterIt() throws Exception {
        assertThat(client.post("/control/exhaust", "").statusCode()).isEqualTo(200);

        await().atMost(SOON).untilAsserted(() -> {
            JsonNode saturation = client.json("/health").at("/saturation");
            assertThat(saturation.at("/saturated").booleanValue()).isTrue();
            assertThat(saturation.at("/waiting").intValue()).isEqualTo(THREADS);
            assertThat(saturation.at("/holders/0/unit").textValue()).isEqualTo("monthly-report");
            assertThat(saturation.at("/holders/0/thread").textValue()).startsWith("report-job-");
        });

        assertThat(client.post("/control/release", "").statusCode()).isEqualTo(200);
        awaitCommitted(service.transfers().committed() + THREADS);
        assertThat(service.transfers().failed()).isZero();
    }

    @Test
    void aReadOnlyServerIsSeenAndWritesComeBack() throws Exception {
        assertThat(client.post("/control/read-only", "").statusCode()).isEqualTo(200);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(client.json("/live").at("/pool/state").textValue())
                                .isEqualTo("DEGRADED"));

        assertThat(client.post("/control/writable", "").statusCode()).isEqualTo(200);
        awaitCommitted(service.transfers().committed() + THREADS);
        assertThat(client.transfer("{\"from\":1,\"to\":2,\"amount\":1}").statusCode())
                .isEqualTo(200);
        assertThat(sum()).isEqualTo(ALL_MONEY);
    }

    @Test
    void itEndsWithoutFailingAnybody() throws Exception {
        awaitCommitted(20);
        int port = client.port();

        service.close();

        assertThat(service.isClosed()).isTrue();
        assertThat(service.transfers().failed()).isZero();
        assertThat(service.transfers().unknown()).isZero();
        // The port is free again.
        try (Service second = Service.start(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)) {
            assertThat(new Client(second.address()).get("/health").statusCode()).isEqualTo(200);
            assertThat(second.transfers().committed()).isZero();
        }
    }

    private void awaitCommitted(long least) {
        await().atMost(SOON).until(() -> service.transfers().committed() >= least);
    }

    private void awaitStatus(String path, int status) {
        await().atMost(SOON).until(() -> client.get(path).statusCode() == status);
    }

    private long sum() {
        return StreamSupport.stream(client.json("/accounts").spliterator(), false)
                .mapToLong(account -> account.at("/balance").longValue())
                .sum();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }
}
