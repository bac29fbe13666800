package io.github.lifebelt.apps.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.lifebelt.internal.metrics.MeterNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What dashboards and alerts ask for is there, in a scrape of a service that has lived through something. */
class MonitoringTest {
    private static final Path FILES = Path.of("monitoring");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CODE = Pattern.compile("\\b[A-Z]+_[A-Z_]+[A-Z]\\b");
    private static final Pattern VARIABLE = Pattern.compile("=~\"\\$\\w+\"");

    private static Scrape scrape;

    @BeforeAll
    static void scrapeAfterAnOutage() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(Database.POSTGRES, text -> {});
                Service service =
                        Service.start(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2)) {
            Client client = new Client(service.address());
            server.faults().killSessions();
            long before = service.transfers().committed();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> service.transfers().committed() > before + 10);
            scrape = Scrape.of(client.get("/metrics").body());
        }
    }

    @AfterAll
    static void forget() {
        scrape = null;
    }

    @Test
    void theDashboardAsksForWhatIsThere() throws IOException {
        List<String> expressions = new ArrayList<>();
        JsonNode dashboard =
                JSON.readTree(FILES.resolve("grafana-dashboard.json").toFile());
        for (JsonNode panel : dashboard.at("/panels")) {
            assertThat(panel.at("/targets")).isNotEmpty();
            panel.at("/targets")
                    .forEach(target -> expressions.add(target.at("/expr").textValue()));
        }

        assertThat(expressions).hasSizeGreaterThan(20);
        expressions.forEach(MonitoringTest::assertAsksForWhatIsThere);
        String pools = dashboard.at("/templating/list/1/query/query").textValue();
        Matcher values = Pattern.compile("label_values\\((\\w+), (\\w+)\\)").matcher(pools);
        assertThat(values.matches()).isTrue();
        assertThat(scrape.labels(values.group(1))).contains(values.group(2));
    }

    @Test
    void theWorkbookAsksForWhatIsThere() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode item :
                JSON.readTree(FILES.resolve("azure-workbook.json").toFile()).at("/items")) {
            if (item.at("/type").intValue() == 3) {
                expressions.add(JSON.readTree(item.at("/content/query").textValue())
                        .at("/queryText")
                        .textValue());
            }
        }

        assertThat(expressions).hasSizeGreaterThan(10);
        expressions.forEach(MonitoringTest::assertAsksForWhatIsThere);
    }

    @Test
    void theAlertsAskForWhatIsThereAndSayWhatToDo() throws IOException {
        String errors = Files.readString(Path.of("..", "..", "ERRORS.md"));
        JsonNode rules = new ObjectMapper(new YAMLFactory())
                .readTree(FILES.resolve("prometheus-alerts.yaml").toFile())
                .at("/groups/0/rules");

        assertThat(rules.findValuesAsText("alert"))
                .doesNotHaveDuplicates()
                .contains(
                        "LifebeltDatabaseDown",
                        "LifebeltPoolSaturated",
                        "LifebeltPoolStuck",
                        "LifebeltCommitOutcomeUnknown",
                        "LifebeltCertificateExpires",
                        "LifebeltCredentialsExpire",
                        "LifebeltRecoverySlow",
                        "LifebeltConnectionLeak");
        for (JsonNode rule : rules) {
            assertAsksForWhatIsThere(rule.at("/expr").textValue());
            assertThat(rule.at("/labels/severity").textValue()).isIn("page", "ticket");
            String description = rule.at("/annotations/description").textValue();
            List<String> codes = CODE.matcher(description)
                    .results()
                    .map(found -> found.group())
                    .toList();
            codes = codes.stream().filter(code -> !code.equals("DATABASE_URL")).toList();
            assertThat(codes).as(description).isNotEmpty();
            assertThat(codes).allSatisfy(code -> assertThat(errors).contains("**" + code + "**"));
        }
    }

    @Test
    void aMetricThatIsNotThereIsFound() {
        assertThat(missing("rate(lifebelt_no_such_total[5m]) > 0")).containsExactly("lifebelt_no_such_total");
        assertThat(missing("sum by (no_label) (lifebelt_pool_state)")).containsExactly("lifebelt_pool_state{no_label}");
        assertThat(missing("lifebelt_pool_state{state=\"drowned\"} == 1"))
                .containsExactly("lifebelt_pool_state{state=\"drowned\"}");
        assertThat(missing("lifebelt_pool_state{mood=\"up\"} == 1"))
                .containsExactly("lifebelt_pool_state{mood=\"up\"}");
    }

    @Test
    void everyMeterIsInTheScrape() {
        for (MeterNames meter : MeterNames.values()) {
            String name = meter.meter().replace('.', '_');
            assertThat(scrape.metrics()).as(name).anyMatch(metric -> metric.startsWith(name));
        }
    }

    private static void assertAsksForWhatIsThere(String expression) {
        assertThat(missing(expression)).as(expression).isEmpty();
        assertThat(Promql.metrics(expression)).as(expression).isNotEmpty().allSatisfy(MonitoringTest::assertIsOurs);
    }

    private static void assertIsOurs(String metric) {
        assertThat(Arrays.stream(MeterNames.values()).map(MeterNames::meter))
                .anyMatch(meter -> metric.startsWith(meter.replace('.', '_')));
    }

    private static List<String> missing(String expression) {
        List<String> missing = new ArrayList<>();
        for (Promql.Selector selector :
                Promql.selectors(VARIABLE.matcher(expression).replaceAll("=~\".*\""))) {
            if (!scrape.metrics().contains(selector.metric())) {
                missing.add(selector.metric());
                continue;
            }
            for (Promql.Match match : selector.matches()) {
                if (!scrape.hasLabel(selector.metric(), match)) {
                    missing.add(selector.metric() + "{" + match.text() + "}");
                }
            }
        }
        for (String label : Promql.grouping(expression)) {
            for (String metric : Promql.metrics(expression)) {
                if (scrape.metrics().contains(metric) && !scrape.labels(metric).contains(label)) {
                    missing.add(metric + "{" + label + "}");
                }
            }
        }
        return missing;
    }
}
