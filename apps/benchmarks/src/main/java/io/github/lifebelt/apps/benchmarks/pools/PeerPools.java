package io.github.lifebelt.apps.benchmarks.pools;

import com.alibaba.druid.pool.DruidDataSource;
import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jspecify.annotations.Nullable;
import org.vibur.dbcp.ViburDBCPDataSource;

/** How each of the pools is opened. What is set beyond {@link Peer#configuration()} is the same for all. */
final class PeerPools {

    // Zero would not do: a connection that was used less than a millisecond ago would go unchecked.
    private static final String EVERY_BORROW = "-1";
    private static final String HIKARI_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";
    // HikariCP has no shorter one, Druid takes a shorter one for this.
    private static final Duration SHORTEST_KEEPALIVE = Duration.ofSeconds(30);
    // What they make of themselves if nothing is said.
    private static final int C3P0_LEAST = 3;

    private PeerPools() {}

    static OpenPool lifebelt(Peer peer, Endpoint endpoint, PoolSetup setup) {
        PoolBuilder builder =
                ConnectionPool.builder(endpoint.url()).maxSize(setup.size()).borrowTimeout(setup.patience());
        if (setup.keepalive() != null) {
            builder.keepalive(setup.keepalive());
        }
        return OpenPool.of(peer, (setup.failFast() ? builder.failFast() : builder).open());
    }

    static OpenPool hikari(Peer peer, Endpoint endpoint, PoolSetup setup) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(endpoint.jdbcUrl());
        config.setUsername(endpoint.user());
        config.setPassword(endpoint.password());
        config.setMaximumPoolSize(setup.size());
        config.setConnectionTimeout(setup.patience().toMillis());
        // Its documentation wants it below the wait, and does not see to it.
        config.setValidationTimeout(
                Math.min(config.getValidationTimeout(), setup.longestCheck().toMillis()));
        if (setup.keepalive() != null) {
            config.setKeepaliveTime(longEnough(setup.keepalive()).toMillis());
        }
        return OpenPool.of(peer, new HikariDataSource(config));
    }

    static OpenPool hikariValidated(Peer peer, Endpoint endpoint, PoolSetup setup) {
        return hikari(peer, endpoint, setup, EVERY_BORROW);
    }

    /** The window is the whole JVM's, but a pool reads it only while it is constructed. */
    static synchronized OpenPool hikari(Peer peer, Endpoint endpoint, PoolSetup setup, String windowMillis) {
        String before = System.getProperty(HIKARI_WINDOW);
        System.setProperty(HIKARI_WINDOW, windowMillis);
        try {
            return hikari(peer, endpoint, setup);
        } finally {
            restore(before);
        }
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            System.clearProperty(HIKARI_WINDOW);
        } else {
            System.setProperty(HIKARI_WINDOW, before);
        }
    }

    static OpenPool dbcp2(Peer peer, Endpoint endpoint, PoolSetup setup) {
        BasicDataSource pool = new BasicDataSource();
        pool.setUrl(endpoint.jdbcUrl());
        pool.setUsername(endpoint.user());
        pool.setPassword(endpoint.password());
        pool.setMaxTotal(setup.size());
        pool.setMaxIdle(setup.size());
        pool.setMaxWait(setup.patience());
        pool.setTestOnBorrow(true);
        pool.setValidationQueryTimeout(Duration.ofSeconds(setup.checkSeconds()));
        if (setup.keepalive() != null) {
            pool.setTestWhileIdle(true);
            pool.setDurationBetweenEvictionRuns(setup.keepalive());
            pool.setNumTestsPerEvictionRun(setup.size());
        }
        return OpenPool.of(peer, pool);
    }

    static OpenPool tomcat(Peer peer, Endpoint endpoint, PoolSetup setup) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(endpoint.jdbcUrl());
        properties.setUsername(endpoint.user());
        properties.setPassword(endpoint.password());
        properties.setMaxActive(setup.size());
        properties.setMaxIdle(setup.size());
        properties.setInitialSize(0);
        properties.setMinIdle(0);
        properties.setMaxWait((int) setup.patience().toMillis());
        properties.setTestOnBorrow(true);
        // By default a connection that was found valid is trusted for three seconds.
        properties.setValidationInterval(0);
        properties.setValidationQueryTimeout(setup.checkSeconds());
        if (setup.keepalive() != null) {
            properties.setTestWhileIdle(true);
            properties.setTimeBetweenEvictionRunsMillis((int) setup.keepalive().toMillis());
        }
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
        return new OpenPool(peer, pool, () -> pool.close(true));
    }

    static OpenPool c3p0(Peer peer, Endpoint endpoint, PoolSetup setup) {
        ComboPooledDataSource pool = new ComboPooledDataSource();
        pool.setJdbcUrl(endpoint.jdbcUrl());
        pool.setUser(endpoint.user());
        pool.setPassword(endpoint.password());
        pool.setMaxPoolSize(setup.size());
        pool.setMinPoolSize(Math.min(C3P0_LEAST, setup.size()));
        pool.setInitialPoolSize(Math.min(C3P0_LEAST, setup.size()));
        pool.setCheckoutTimeout((int) setup.patience().toMillis());
        pool.setTestConnectionOnCheckout(true);
        pool.setConnectionIsValidTimeout(setup.checkSeconds());
        if (setup.keepalive() != null) {
            pool.setIdleConnectionTestPeriod((int) Math.max(1, setup.keepalive().toSeconds()));
        }
        return new OpenPool(peer, pool, pool::close);
    }

    static OpenPool agroal(Peer peer, Endpoint endpoint, PoolSetup setup) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        AgroalConnectionPoolConfigurationSupplier pool = configuration
                .connectionPoolConfiguration()
                // No initial size: a borrower that comes while such a pool still fills may wait out its whole time-out.
                .maxSize(setup.size())
                .acquisitionTimeout(setup.patience())
                .validateOnBorrow(true)
                // The validator it has if nothing is said finds everything valid.
                .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(setup.checkSeconds()));
        pool.connectionFactoryConfiguration()
                .jdbcUrl(endpoint.jdbcUrl())
                .principal(new NamePrincipal(endpoint.user()))
                .credential(new SimplePassword(endpoint.password()));
        if (setup.keepalive() != null) {
            pool.validationTimeout(setup.keepalive());
        }
        return OpenPool.of(peer, AgroalDataSource.from(configuration));
    }

    static OpenPool vibur(Peer peer, Endpoint endpoint, PoolSetup setup) {
        ViburDBCPDataSource pool = new ViburDBCPDataSource();
        pool.setJdbcUrl(endpoint.jdbcUrl());
        pool.setUsername(endpoint.user());
        pool.setPassword(endpoint.password());
        pool.setPoolInitialSize(0);
        pool.setPoolMaxSize(setup.size());
        pool.setConnectionTimeoutInMs(setup.patience().toMillis());
        // By default only what was idle for five seconds is checked; it has nothing that looks while they are idle.
        pool.setConnectionIdleLimitInSeconds(0);
        pool.setValidateTimeoutInSeconds(setup.checkSeconds());
        pool.start();
        return new OpenPool(peer, pool, pool::close);
    }

    static OpenPool druid(Peer peer, Endpoint endpoint, PoolSetup setup) {
        DruidDataSource pool = new DruidDataSource();
        pool.setUrl(endpoint.jdbcUrl());
        pool.setUsername(endpoint.user());
        pool.setPassword(endpoint.password());
        pool.setMaxActive(setup.size());
        pool.setMaxWait(setup.patience().toMillis());
        pool.setTestOnBorrow(true);
        pool.setValidationQuery("SELECT 1");
        pool.setValidationQueryTimeout(setup.checkSeconds());
        pool.setFailFast(setup.failFast());
        if (setup.keepalive() != null) {
            long millis = longEnough(setup.keepalive()).toMillis();
            pool.setKeepAlive(true);
            pool.setTimeBetweenEvictionRunsMillis(millis);
            // Wants to be the greater one.
            pool.setKeepAliveBetweenTimeMillis(millis + 1);
        }
        return new OpenPool(peer, pool, pool::close);
    }

    private static Duration longEnough(Duration keepalive) {
        return keepalive.compareTo(SHORTEST_KEEPALIVE) < 0 ? SHORTEST_KEEPALIVE : keepalive;
    }
}
