package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;

/**
 * The pools among an application's data sources. By type they are not to be had: post-processors, such as those that trace
 * statements, leave a wrapper in the place of a bean, and tests leave another database there.
 */
final class Pools {
    private Pools() {}

    /** What a data source is, or wraps; null if that is no pool. */
    static @Nullable ConnectionPool in(DataSource source) {
        try {
            return unwrapped(source);
        } catch (SQLException | RuntimeException e) {
            // A router, for example, that leads nowhere outside of a request.
            return null;
        }
    }

    /** The same for who wants to know of wrappers that cannot say. */
    static @Nullable ConnectionPool unwrapped(DataSource source) throws SQLException {
        if (source instanceof ConnectionPool pool) {
            return pool;
        }
        return source.isWrapperFor(ConnectionPool.class) ? source.unwrap(ConnectionPool.class) : null;
    }

    /** The pool that is meant where none is named: the only or primary data source, else the only pool of all. */
    static @Nullable ConnectionPool one(ObjectProvider<DataSource> primary, ConfigurableListableBeanFactory beans) {
        DataSource source = primary.getIfUnique();
        ConnectionPool pool = source == null ? null : in(source);
        if (pool != null) {
            return pool;
        }
        Set<ConnectionPool> all = all(beans);
        return all.size() == 1 ? all.iterator().next() : null;
    }

    /** Also those that are injected by a qualifier only. */
    static Set<ConnectionPool> all(ConfigurableListableBeanFactory beans) {
        Set<ConnectionPool> pools = new LinkedHashSet<>();
        for (DataSource source : SimpleAutowireCandidateResolver.resolveAutowireCandidates(beans, DataSource.class)
                .values()) {
            ConnectionPool pool = in(source);
            if (pool != null) {
                pools.add(pool);
            }
        }
        return pools;
    }
}
