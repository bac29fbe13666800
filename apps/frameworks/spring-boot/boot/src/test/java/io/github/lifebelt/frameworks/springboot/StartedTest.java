package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.spring.LifebeltPoolCustomizer;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationTextPublisher;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.annotation.Transactional;

/** An application on the starter with Hibernate: its health over HTTP, and units in its transactions. */
class StartedTest {
    private static final Queue<String> OBSERVED = new ConcurrentLinkedQueue<>();
    private static TestDatabase database;
    private static Running running;

    /** Orders, by Hibernate and by units. */
    public static class Orders {
        private final UnitOfWork unit;

        @PersistenceContext
        private EntityManager entities;

        Orders(UnitOfWork unit) {
            this.unit = unit.named("reserve");
        }

        @Transactional
        public void refused() {
            unit.run(tx -> {});
        }

        // snippet: joining
        @Transactional
        public void place(String order, boolean inStock) {
            entities.persist(new Entry(order));
            try {
                unit.joining().run(tx -> {
                    try (PreparedStatement insert =
                            tx.connection().prepareStatement("insert into entry (text) values (?)")) {
                        insert.setString(1, order + " reserved");
                        insert.executeUpdate();
                    }
                    if (!inStock) {
                        throw new IOException("out of stock"); // undoes the unit's part
                    }
                });
            } catch (IOException e) {
                entities.persist(new Entry(order + " on back order"));
            }
        }
        // end: joining

        @Transactional
        public void placeAndFail(String order) throws IOException {
            place(order, true);
            entities.flush();
            throw new IllegalStateException("no");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({JpaStore.class, Orders.class})
    static class App {
        // snippet: customizer
        @Bean
        LifebeltPoolCustomizer tenant() {
            return builder -> builder.onBorrow(connection -> connection.setClientInfo("ApplicationName", "tenant-1"));
        }
        // end: customizer

        /** Boot gives it to the registry that it makes. */
        @Bean
        ObservationHandler<Observation.Context> observed() {
            return new ObservationTextPublisher(OBSERVED::add);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.postgres().start();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table entry (text varchar(100) primary key)");
        }
        running = Running.start(
                App.class,
                "lifebelt.url=" + database.url(),
                "lifebelt.observe=true",
                "management.endpoint.health.group.readiness.include=db");
    }

    @AfterAll
    static void stop() {
        running.close();
        database.close();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        String port = running.context().getEnvironment().getProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        BodyHandlers.ofString());
    }

    private static Orders orders() {
        return running.context().getBean(Orders.class);
    }

    @Test
    void healthOverHttpIsThePoolsAndHoldsNoSecret() throws Exception {
        running.count();
        HttpResponse<String> up = get("/actuator/health");
        assertThat(up.statusCode()).isEqualTo(200);
        assertThat(up.body()).contains("\"db\":{").contains("\"ready\":true").doesNotContain(database.password());
        database.faults().stop(StopMode.FAST);
        try {
            await().until(() -> get("/actuator/health/readiness").statusCode() == 503);
            assertThat(get("/actuator/health").body()).contains("DATABASE_UNREACHABLE");
        } finally {
            database.faults().start();
        }
        await().until(() -> get("/actuator/health/readiness").statusCode() == 200);
    }

    @Test
    void aUnitInsideATransactionOfHibernatesIsRefused() {
        assertThatThrownBy(() -> orders().refused())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[UNIT_INSIDE_TRANSACTION]")
                .hasMessageContaining("Orders.refused");
    }

    @Test
    void aUnitThatJoinsIsStoredAndUndoneWithTheTransactionOrByItself() {
        long before = running.count();
        orders().place("a", true);
        assertThat(running.count()).isEqualTo(before + 2);
        orders().place("b", false);
        assertThat(running.count()).isEqualTo(before + 4);
        assertThatThrownBy(() -> orders().placeAndFail("c")).hasMessage("no");
        assertThat(running.count()).isEqualTo(before + 4);
        assertThat(running.pool().stats().active()).isZero();
    }

    @Test
    void borrowsAndUnitsArriveAtTheRegistryThatBootMakes() {
        OBSERVED.clear();
        running.context().getBean(UnitOfWork.class).named("traced").run(tx -> {});
        assertThat(OBSERVED)
                .anyMatch(line -> line.contains("STOP - name='lifebelt.borrow'"))
                .anyMatch(line -> line.contains("STOP - name='lifebelt.unit', contextualName='unit traced'"));
    }
}
