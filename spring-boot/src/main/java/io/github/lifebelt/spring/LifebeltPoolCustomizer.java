package io.github.lifebelt.spring;

import io.github.lifebelt.PoolBuilder;

/**
 * Sets in code what no property can say, such as {@link PoolBuilder#onBorrow}. Beans of this type get the builder of the
 * auto-configured pool after all properties, in their order ({@code @Order}); so the last word is theirs.
 */
@FunctionalInterface
public interface LifebeltPoolCustomizer {

    /**
     * Changes the builder. Called once, when the pool is made, on the thread that starts the application.
     *
     * @param builder with all settings from properties; not to be kept
     */
    void customize(PoolBuilder builder);
}
