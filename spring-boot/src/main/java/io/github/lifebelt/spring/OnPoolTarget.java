package io.github.lifebelt.spring;

import io.github.lifebelt.url.UrlReading;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether there is a database for the pool, rather than one that Boot has its own ways with. */
final class OnPoolTarget extends SpringBootCondition implements ConfigurationCondition {
    private static final Set<String> BOOTS_OWN = Set.of(
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");

    private static final Set<String> REPLACED =
            Set.of("com.zaxxer.hikari.HikariDataSource", "io.github.lifebelt.ConnectionPool");

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        ListableBeanFactory beans = context.getBeanFactory();
        ClassLoader loader = context.getClassLoader();
        String type = PoolTarget.text(environment, "spring.datasource.type");
        if (type != null && !REPLACED.contains(type)) {
            return no("spring.datasource.type asks for another pool");
        }
        if (isExcluded(beans)) {
            return no("Boot's own data source is excluded, so there is to be none by itself");
        }
        if (beans != null && ServiceConnection.isAmong(beans, loader)) {
            return yes("a bean JdbcConnectionDetails");
        }
        String url = PoolTarget.written(environment, environment.getProperty(HikariKey.JDBC_URL.property()));
        if (url != null) {
            return PoolTarget.isBoots(url) ? no("the URL is of an embedded database or of containers") : yes("a URL");
        }
        if (environment.getProperty(AbstractAotProcessor.AOT_PROCESSING, Boolean.class, false)) {
            return yes("what the environment will say: this is the build, where it need not be known");
        }
        if (environment.getProperty(HikariKey.DATA_SOURCE_CLASS_NAME.property()) != null) {
            return yes(HikariKey.DATA_SOURCE_CLASS_NAME.property() + ", to refuse it");
        }
        if (EmbeddedDatabaseConnection.get(loader) != EmbeddedDatabaseConnection.NONE) {
            return no("there is no URL, and an embedded database is on the class path");
        }
        UrlReading found = PoolTarget.discovered(environment);
        return found.refusal() != null && found.refusal().code().equals("URL_MISSING")
                ? no("nothing says where the database is")
                : yes("the platform's variables");
    }

    private static boolean isExcluded(@Nullable ListableBeanFactory beans) {
        ConditionEvaluationReport report = beans == null ? null : ConditionEvaluationReport.find(beans);
        return report != null && report.getExclusions().stream().anyMatch(BOOTS_OWN::contains);
    }

    private static ConditionOutcome yes(String what) {
        return ConditionOutcome.match(
                ConditionMessage.forCondition("Lifebelt").found("a database by").items(what));
    }

    private static ConditionOutcome no(String why) {
        return ConditionOutcome.noMatch(
                ConditionMessage.forCondition("Lifebelt").because(why));
    }
}
