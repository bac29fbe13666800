package io.github.lifebelt.spring;

import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the pool is all there is of data sources; else Boot's own health, which asks all of them, stays. */
final class OnOnlyDataSource extends SpringBootCondition implements ConfigurationCondition {
    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ListableBeanFactory beans = context.getBeanFactory();
        int sources = beans == null ? 0 : beans.getBeanNamesForType(DataSource.class, true, false).length;
        return new ConditionOutcome(
                sources == 1,
                ConditionMessage.forCondition("Lifebelt").because("there are " + sources + " data sources"));
    }
}
