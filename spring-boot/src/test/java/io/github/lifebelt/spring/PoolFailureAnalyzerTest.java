package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.security.CredentialsProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;

/** Whether the doctor is asked, and of which database, when a pool finds nobody. */
class PoolFailureAnalyzerTest {
    private static final String LOOKED = "The doctor has looked";

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LifebeltDataSourceAutoConfiguration.class))
            .withPropertyValues("lifebelt.unavailable-timeout=0");

    private String nobody;
    private ApplicationContextRunner runner;

    @BeforeEach
    void point() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "localhost:" + closed.getLocalPort();
        }
        runner = bare.withPropertyValues("lifebelt.url=postgresql://app@" + nobody + "/orders");
    }

    @Test
    void theDoctorLooksAtTheDatabaseOfTheProperties() {
        runner.run(context -> assertThat(analysis(context, context.getBean(ConnectionPool.class)))
                .contains(LOOKED));
    }

    @Test
    void theDoctorIsNotAskedAboutWhatBeansSay() {
        runner.withBean(CredentialsProvider.class, () -> () -> CredentialsProvider.Credentials.of("app", "secret"))
                .run(context -> assertThat(analysis(context, context.getBean(ConnectionPool.class)))
                        .doesNotContain(LOOKED));
        runner.withBean(LifebeltPoolCustomizer.class, () -> builder -> builder.maxSize(3))
                .run(context -> assertThat(analysis(context, context.getBean(ConnectionPool.class)))
                        .doesNotContain(LOOKED));
        bare.withPropertyValues("spring.datasource.url=jdbc:postgresql://nowhere.invalid/x")
                .withBean(JdbcConnectionDetails.class, () -> new JdbcConnectionDetails() {
                    @Override
                    public String getUsername() {
                        return "app";
                    }

                    @Override
                    public String getPassword() {
                        return "secret";
                    }

                    @Override
                    public String getJdbcUrl() {
                        return "jdbc:postgresql://" + nobody + "/orders";
                    }
                })
                .run(context -> assertThat(analysis(context, context.getBean(ConnectionPool.class)))
                        .doesNotContain(LOOKED));
    }

    @Test
    void theDoctorIsNotAskedAboutAnotherPool() {
        runner.run(context -> {
            try (ConnectionPool other = ConnectionPool.builder("postgresql://app@" + nobody + "/orders2")
                    .failFast()
                    .open()) {
                assertThat(analysis(context, other)).doesNotContain(LOOKED);
            }
        });
        runner.withBean(
                        ConnectionPool.class,
                        () -> ConnectionPool.builder("postgresql://app:secret@" + nobody + "/orders")
                                .failFast()
                                .open())
                .run(context -> assertThat(analysis(context, context.getBean(ConnectionPool.class)))
                        .doesNotContain(LOOKED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:mariadb://localhost/orders", "jdbc:sqlserver://localhost"})
    void aDatabaseThatIsNotServedCanBeLeftToBoot(String url) {
        bare.withPropertyValues("spring.datasource.url=" + url).run(context -> {
            FailureAnalysis analysis = new PoolFailureAnalyzer(
                            new DefaultListableBeanFactory(), new StandardEnvironment())
                    .analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getCause()).isInstanceOf(ConfigurationException.class);
            assertThat(analysis.getAction()).contains("lifebelt.enabled=false");
        });
    }

    private static String analysis(AssertableApplicationContext context, DataSource pool) throws SQLException {
        Throwable failure = catchThrowable(pool::getConnection);
        assertThat(failure).isInstanceOf(DatabaseUnavailableException.class);
        FailureAnalysis analysis =
                new PoolFailureAnalyzer(context.getBeanFactory(), context.getEnvironment()).analyze(failure);
        assertThat(analysis).isNotNull();
        return analysis.getDescription();
    }
}
