package service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The same whatever the service's dependencies are, but for the pool that they bring. */
class ServiceTest {
    private static TestDatabase database;
    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.postgres().start();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table entry (text varchar(100) primary key)");
        }
        context = SpringApplication.run(
                Service.class,
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password());
    }

    @AfterAll
    static void stop() {
        context.close();
        database.close();
    }

    private static String get(String path) throws Exception {
        String port = context.getEnvironment().getProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void thePoolIsTheOneThatTheDependenciesBring() {
        assertThat(context.getBean(DataSource.class).getClass().getName())
                .isEqualTo(System.getProperty("service.pool"));
    }

    @Test
    void whatIsPlacedIsStoredAndWhatFailsIsNot() {
        Orders orders = context.getBean(Orders.class);
        long before = orders.count();
        orders.place("one", true);
        assertThatThrownBy(() -> orders.place("two", false)).hasMessage("out of stock");
        assertThat(orders.count()).isEqualTo(before + 1);
    }

    @Test
    void theDriversPropertiesReachTheServer() {
        assertThat(context.getBean(Orders.class).session()).isEqualTo("orders");
    }

    @Test
    void healthAndMetersStayWhereTheyWere() throws Exception {
        context.getBean(Orders.class).count();
        assertThat(get("/actuator/health")).contains("\"db\":{").contains("\"status\":\"UP\"");
        assertThat(get("/actuator/metrics/jdbc.connections.max")).contains("\"value\":8.0");
        assertThat(get("/actuator/metrics/hikaricp.connections.max")).contains("\"value\":8.0");
    }
}
