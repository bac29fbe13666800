package io.github.lifebelt.frameworks.micronaut;

import io.github.lifebelt.ConnectionPool;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

// snippet: pool
@Factory
class Pools {
    private final ConnectionPool pool;

    Pools(@Value("${datasources.default.url}") String url) {
        pool = ConnectionPool.fromUrl(url);
    }

    // As a DataSource, because Micronaut Data puts a proxy before it.
    @Singleton
    @Named("default")
    DataSource dataSource() {
        return pool;
    }

    @PreDestroy
    void close() {
        pool.close();
    }
}
// end: pool
