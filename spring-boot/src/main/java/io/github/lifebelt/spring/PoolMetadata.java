package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;

/** A pool's figures as Boot asks for them. */
record PoolMetadata(ConnectionPool pool) implements DataSourcePoolMetadata {

    @Override
    public Float getUsage() {
        PoolStats stats = pool.stats();
        return (float) stats.active() / stats.max();
    }

    @Override
    public Integer getActive() {
        return pool.stats().active();
    }

    @Override
    public Integer getIdle() {
        return pool.stats().idle();
    }

    @Override
    public Integer getMax() {
        return pool.stats().max();
    }

    @Override
    public Integer getMin() {
        return pool.stats().minIdle();
    }

    /** There is none: connections are checked without a statement. */
    @Override
    @SuppressWarnings("NullAway") // the older line says in words that it may be null
    public @Nullable String getValidationQuery() {
        return null;
    }

    @Override
    public Boolean getDefaultAutoCommit() {
        return pool.config().autoCommit();
    }
}
