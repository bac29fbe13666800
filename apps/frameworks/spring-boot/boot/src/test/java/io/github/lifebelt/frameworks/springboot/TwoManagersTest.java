package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Units on the pool of Hibernate's transactions, in an application that has another database beside it. */
class TwoManagersTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        @Primary
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }

        @Bean
        JdbcTransactionManager events(@Value("${events.database}") String url) {
            return new JdbcTransactionManager(ConnectionPool.fromUrl(url));
        }
    }

    @Test
    void aUnitIsAPartOfHibernatesTransactionButNotInsideAnothers() throws Exception {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table entry (text varchar(100) primary key)");
            }
            try (Running running =
                    Running.start(App.class, "lifebelt.url=" + database.url(), "events.database=" + database.url())) {
                see(running.context());
            }
        }
    }

    private static void see(ConfigurableApplicationContext context) throws SQLException {
        UnitOfWork unit = context.getBean(UnitOfWork.class);
        TransactionTemplate events =
                new TransactionTemplate(context.getBean("events", PlatformTransactionManager.class));
        EntityManager entities =
                SharedEntityManagerCreator.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
        List<String> done = new ArrayList<>();
        new TransactionTemplate(context.getBean(JpaTransactionManager.class)).executeWithoutResult(status -> {
            entities.persist(new Entry("by Hibernate"));
            events.executeWithoutResult(other -> assertThatThrownBy(() -> store(unit.joining(), "inside", done))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[UNIT_CANNOT_JOIN]"));
            store(unit.joining(), "joined", done);
            assertThat(done).isEmpty();
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    events.executeWithoutResult(other -> store(unit, "after the commit", done));
                }

                @Override
                public void afterCompletion(int how) {
                    events.executeWithoutResult(other -> store(unit.joining(), "after the completion", done));
                }
            });
        });
        assertThat(done).containsExactlyInAnyOrder("joined", "after the commit", "after the completion");
        try (Connection connection = context.getBean(ConnectionPool.class).getConnection();
                Statement statement = connection.createStatement();
                var count = statement.executeQuery("select count(*) from entry")) {
            count.next();
            assertThat(count.getInt(1)).isEqualTo(4);
        }
    }

    private static void store(UnitOfWork unit, String text, List<String> done) {
        unit.run(tx -> {
            try (Statement statement = tx.connection().createStatement()) {
                statement.executeUpdate("insert into entry (text) values ('" + text + "')");
            }
            tx.afterCommit(() -> done.add(text));
        });
    }
}
