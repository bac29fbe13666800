package io.github.lifebelt.apps.benchmarks.pools;

import com.alibaba.druid.pool.DruidDataSource;
import com.mchange.v2.c3p0.ComboPooledDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig.PrePing;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.commons.dbcp2.BasicDataSource;
import org.vibur.dbcp.ViburDBCPDataSource;

/**
 * The pools of {@link PeerPools} with other checks before a borrow. Most of them read their settings when they first
 * connect, which opening them does not do yet, or at each borrow.
 */
final class CheckPools {

    static final Duration PING_AFTER_IDLE = Duration.ofSeconds(30);
    static final Duration SOON = Duration.ofSeconds(1);

    private CheckPools() {}

    static OpenPool lifebelt(Endpoint endpoint, PoolSetup setup, PrePing check, Duration pingAfterIdle) {
        return OpenPool.of(
                Peer.LIFEBELT,
                ConnectionPool.builder(endpoint.url())
                        .maxSize(setup.size())
                        .borrowTimeout(setup.patience())
                        .prePing(check)
                        .pingAfterIdle(pingAfterIdle)
                        .open());
    }

    static OpenPool hikari(Endpoint endpoint, PoolSetup setup, int windowMillis) {
        return PeerPools.hikari(Peer.HIKARI, endpoint, setup, Integer.toString(windowMillis));
    }

    static OpenPool dbcp2(Endpoint endpoint, PoolSetup setup, boolean test) {
        OpenPool pool = PeerPools.dbcp2(Peer.DBCP2, endpoint, setup);
        ((BasicDataSource) pool.dataSource()).setTestOnBorrow(test);
        return pool;
    }

    static OpenPool tomcat(Endpoint endpoint, PoolSetup setup, boolean test, long trustMillis) {
        OpenPool pool = PeerPools.tomcat(Peer.TOMCAT, endpoint, setup);
        org.apache.tomcat.jdbc.pool.DataSource tomcat = (org.apache.tomcat.jdbc.pool.DataSource) pool.dataSource();
        tomcat.setTestOnBorrow(test);
        tomcat.setValidationInterval(trustMillis);
        return pool;
    }

    static OpenPool c3p0(Endpoint endpoint, PoolSetup setup, boolean test) {
        OpenPool pool = PeerPools.c3p0(Peer.C3P0, endpoint, setup);
        ((ComboPooledDataSource) pool.dataSource()).setTestConnectionOnCheckout(test);
        return pool;
    }

    /** This one is configured before it is made. */
    static OpenPool agroal(Endpoint endpoint, PoolSetup setup, boolean test, Duration period) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        AgroalConnectionPoolConfigurationSupplier pool = configuration
                .connectionPoolConfiguration()
                .maxSize(setup.size())
                .acquisitionTimeout(setup.patience())
                .validateOnBorrow(test)
                .validationTimeout(period)
                .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(setup.checkSeconds()));
        pool.connectionFactoryConfiguration()
                .jdbcUrl(endpoint.jdbcUrl())
                .principal(new NamePrincipal(endpoint.user()))
                .credential(new SimplePassword(endpoint.password()));
        return OpenPool.of(Peer.AGROAL, AgroalDataSource.from(configuration));
    }

    static OpenPool vibur(Endpoint endpoint, PoolSetup setup, int trustSeconds) {
        OpenPool pool = PeerPools.vibur(Peer.VIBUR, endpoint, setup);
        ((ViburDBCPDataSource) pool.dataSource()).setConnectionIdleLimitInSeconds(trustSeconds);
        return pool;
    }

    static OpenPool druid(Endpoint endpoint, PoolSetup setup, boolean test) {
        OpenPool pool = PeerPools.druid(Peer.DRUID, endpoint, setup);
        ((DruidDataSource) pool.dataSource()).setTestOnBorrow(test);
        return pool;
    }
}
