package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/azure-in-ten-minutes.md, with the environment and the checks that its deployment has. */
class AzureTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @EnumSource(
            value = DatabaseProduct.class,
            names = {"POSTGRESQL", "MYSQL"})
    void theServiceIsReadyWhileItsDatabaseIsReachedAndLiveAlways(DatabaseProduct product) throws Exception {
        JsonNode container = new YAMLMapper()
                .readTree(Path.of("src/test/resources/deployment.yaml").toFile())
                .at("/spec/template/spec/containers/0");
        String ready = container.at("/readinessProbe/httpGet/path").textValue();
        String live = container.at("/livenessProbe/httpGet/path").textValue();

        try (TestDatabase database = TestDatabase.of(product).start();
                Connection connection = database.dataSource().getConnection();
                Program service = Program.start(FirstService.class, environment(container, database))) {
            Bank.create(connection);
            await().atMost(SOON).until(() -> service.output().contains("Listening on port "));
            await().atMost(SOON).until(() -> status(service, ready) == 200);
            assertThat(status(service, "/order")).as(service.output()).isEqualTo(200);
            assertThat(new Bank.Orders().count(connection)).isEqualTo(1);

            database.faults().stop(StopMode.FAST);
            await().atMost(SOON).until(() -> status(service, ready) == 503);
            assertThat(status(service, live)).isEqualTo(200);

            database.faults().start();
            await().atMost(SOON).until(() -> status(service, ready) == 200);
        }
    }

    /** What the pod has; secrets are the cluster's. */
    private static Map<String, String> environment(JsonNode container, TestDatabase database) {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : container.get("env")) {
            environment.put(
                    variable.get("name").textValue(),
                    variable.has("value") ? variable.get("value").textValue() : database.url());
        }
        assertThat(environment).containsEntry("DATABASE_URL", database.url());
        environment.put("PORT", "0");
        return environment;
    }

    private int status(Program service, String path) throws IOException, InterruptedException {
        Matcher port = Pattern.compile("Listening on port (\\d+)").matcher(service.output());
        assertThat(port.find()).as(service.output()).isTrue();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port.group(1) + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
