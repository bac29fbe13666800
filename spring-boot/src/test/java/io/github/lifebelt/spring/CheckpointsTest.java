package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import java.util.List;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** A checkpoint, as far as a JVM without CRaC goes: its calls are made by hand. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class CheckpointsTest {

    private static ApplicationContextRunner runner(TestDatabase database) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        LifebeltDataSourceAutoConfiguration.class,
                        LifebeltAutoConfiguration.class,
                        DataSourceAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class))
                .withPropertyValues("lifebelt.url=" + database.url());
    }

    @Test
    void noConnectionIsOpenAtACheckpointAndAllIsServedAfterIt(TestDatabase database) {
        runner(database).run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            Checkpoints checkpoints = context.getBean(Checkpoints.class);
            jdbc.queryForObject("select 1", Integer.class);
            checkpoints.beforeCheckpoint(Core.getGlobalContext());
            await().until(() -> database.sessions() == 0);
            assertThat(context.getBean(ConnectionPool.class).stats().total()).isZero();
            checkpoints.afterRestore(Core.getGlobalContext());
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isEqualTo(1);
        });
    }

    @Test
    void springsOwnResourceIsRegisteredLaterAndSoIsToldFirst(TestDatabase database) {
        runner(database).run(context -> {
            List<String> made = List.of(context.getBeanFactory().getSingletonNames());
            assertThat(made).containsSubsequence("lifebeltCheckpoints", "lifecycleProcessor");
        });
    }

    @Test
    void aPoolThatIsClosedRefusesNoCheckpoint(TestDatabase database) {
        runner(database).run(context -> {
            ConnectionPool pool = context.getBean(ConnectionPool.class);
            assertThatThrownBy(() -> {
                        pool.close();
                        pool.getConnection();
                    })
                    .hasMessageContaining("closed");
            Checkpoints checkpoints = context.getBean(Checkpoints.class);
            checkpoints.beforeCheckpoint(Core.getGlobalContext());
            checkpoints.afterRestore(Core.getGlobalContext());
        });
    }

    @Test
    void withoutTheFacadeThereIsNothingToRegister(TestDatabase database) {
        runner(database)
                .withClassLoader(new FilteredClassLoader("org.crac"))
                .run(context ->
                        assertThat(context).hasSingleBean(ConnectionPool.class).doesNotHaveBean("lifebeltCheckpoints"));
    }
}
