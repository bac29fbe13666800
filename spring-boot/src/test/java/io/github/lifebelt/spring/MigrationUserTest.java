package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.liquibase.LiquibaseAutoConfiguration;
import org.springframework.boot.autoconfigure.sql.init.SqlInitializationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** Boot has tables made by a user of their own, on a connection that it derives from the pool. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class MigrationUserTest {
    private TestDatabase database;
    private ApplicationContextRunner runner;

    @BeforeEach
    void aUserWhoMayNotMakeTables(TestDatabase server) throws Exception {
        database = server;
        try (Connection connection = Administrator.of(server);
                Statement statement = connection.createStatement()) {
            statement.execute("create role clerk login password 'pen'");
        }
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifebeltDataSourceAutoConfiguration.class,
                        LifebeltAutoConfiguration.class,
                        DataSourceAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        SqlInitializationAutoConfiguration.class,
                        FlywayAutoConfiguration.class,
                        LiquibaseAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + server.jdbcUrl(),
                        "spring.datasource.username=clerk",
                        "spring.datasource.password=pen",
                        "spring.sql.init.mode=never",
                        "spring.flyway.enabled=false",
                        "spring.liquibase.enabled=false");
    }

    @AfterEach
    void letHimGo() throws Exception {
        try (Connection connection = Administrator.of(database);
                Statement statement = connection.createStatement()) {
            statement.execute("drop role clerk");
        }
    }

    private void assertMadeByTheOther(String... properties) {
        runner.withPropertyValues(properties).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(ConnectionPool.class);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            assertThat(jdbc.queryForObject("select current_user", String.class)).isEqualTo("clerk");
            assertThat(jdbc.queryForObject(
                            "select tableowner from pg_tables where tablename = 'made_apart'", String.class))
                    .isEqualTo(database.user());
        });
    }

    @Test
    void flywaysUser() {
        assertMadeByTheOther(
                "spring.flyway.enabled=true",
                "spring.flyway.locations=classpath:made-apart",
                "spring.flyway.user=" + database.user(),
                "spring.flyway.password=" + database.password());
    }

    @Test
    void liquibasesUser() {
        assertMadeByTheOther(
                "spring.liquibase.enabled=true",
                "spring.liquibase.change-log=classpath:made-apart/changes.sql",
                "spring.liquibase.user=" + database.user(),
                "spring.liquibase.password=" + database.password());
    }

    @Test
    void theUserOfScripts() {
        assertMadeByTheOther(
                "spring.sql.init.mode=always",
                "spring.sql.init.schema-locations=classpath:made-apart/V1__made_apart.sql",
                "spring.sql.init.username=" + database.user(),
                "spring.sql.init.password=" + database.password());
    }
}
