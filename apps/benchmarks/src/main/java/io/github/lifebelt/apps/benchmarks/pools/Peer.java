package io.github.lifebelt.apps.benchmarks.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.jspecify.annotations.Nullable;

/** The pools that are compared, each with its own defaults but for size, wait and the check before each borrow. */
public enum Peer {
    /** Reads the socket before each borrow and sends nothing. */
    LIFEBELT("lifebelt", false, "its defaults: prePing=SOCKET, unavailableTimeout=5s, none with failFast") {
        @Override
        public OpenPool open(Endpoint endpoint, PoolSetup setup) {
            PoolBuilder builder =
                    ConnectionPool.builder(endpoint.url()).maxSize(setup.size()).borrowTimeout(setup.patience());
            return OpenPool.of(this, (setup.failFast() ? builder.failFast() : builder).open());
        }

        @Override
        public boolean canFailFast() {
            return true;
        }
    },
    /** As people run it: trusts a connection for half a second after each use. */
    HIKARI("hikari", false, "its defaults: trusts a connection for 500 ms after each use") {
        @Override
        public OpenPool open(Endpoint endpoint, PoolSetup setup) {
            return OpenPool.of(this, hikari(endpoint, setup));
        }
    },
    /** Asks the server before each borrow. */
    HIKARI_VALIDATED("hikari-window--1", true, "aliveBypassWindowMs=-1: asks the server before each borrow") {
        @Override
        public OpenPool open(Endpoint endpoint, PoolSetup setup) {
            return OpenPool.of(this, alwaysValidating(endpoint, setup));
        }
    },
    /** Asks the server before each borrow. */
    DBCP2("dbcp2", true, "testOnBorrow=true, maxIdle=maxTotal") {
        @Override
        public OpenPool open(Endpoint endpoint, PoolSetup setup) {
            BasicDataSource dbcp = new BasicDataSource();
            dbcp.setUrl(endpoint.jdbcUrl());
            dbcp.setUsername(endpoint.user());
            dbcp.setPassword(endpoint.password());
            dbcp.setMaxTotal(setup.size());
            dbcp.setMaxIdle(setup.size());
            dbcp.setMaxWait(setup.patience());
            dbcp.setTestOnBorrow(true);
            return OpenPool.of(this, dbcp);
        }
    },
    /** Asks the server before each borrow. */
    AGROAL("agroal", true, "validateOnBorrow=true, connectionValidator=defaultValidator()") {
        @Override
        public OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException {
            return OpenPool.of(this, agroal(endpoint, setup));
        }
    };

    // Zero would not do: a connection that was used less than a millisecond ago would go unchecked.
    private static final String EVERY_BORROW = "-1";
    private static final String HIKARI_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";

    private final String label;
    private final boolean asksTheServer;
    private final String configuration;

    Peer(String label, boolean asksTheServer, String configuration) {
        this.label = label;
        this.asksTheServer = asksTheServer;
        this.configuration = configuration;
    }

    /** Opens a pool that keeps what it has connected. */
    public abstract OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException;

    /** The same with the usual wait. */
    public OpenPool open(Endpoint endpoint, int size) throws SQLException {
        return open(endpoint, PoolSetup.of(size));
    }

    /** Whether there is a mode in which it does not wait while the database is down. */
    public boolean canFailFast() {
        return false;
    }

    /** What is set besides size and wait. */
    public String configuration() {
        return configuration;
    }

    /** Its name in tables and rows. */
    public String label() {
        return label;
    }

    /** Whether each borrow costs a round trip. */
    public boolean asksTheServer() {
        return asksTheServer;
    }

    /** The peer of a name. */
    public static Peer named(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no pool is called " + label + "; there are " + String.join(", ", labels())));
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Peer::label).toList();
    }

    private static HikariDataSource hikari(Endpoint endpoint, PoolSetup setup) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(endpoint.jdbcUrl());
        config.setUsername(endpoint.user());
        config.setPassword(endpoint.password());
        config.setMaximumPoolSize(setup.size());
        config.setConnectionTimeout(setup.patience().toMillis());
        // Its documentation wants it below the wait, and does not see to it.
        config.setValidationTimeout(Math.min(config.getValidationTimeout(), config.getConnectionTimeout()));
        return new HikariDataSource(config);
    }

    /** The window is the whole JVM's, but a pool reads it only while it is constructed. */
    private static synchronized HikariDataSource alwaysValidating(Endpoint endpoint, PoolSetup setup) {
        String before = System.getProperty(HIKARI_WINDOW);
        System.setProperty(HIKARI_WINDOW, EVERY_BORROW);
        try {
            return hikari(endpoint, setup);
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

    private static AgroalDataSource agroal(Endpoint endpoint, PoolSetup setup) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                // No initial size: a borrower that comes while such a pool still fills may wait out its whole time-out.
                .maxSize(setup.size())
                .acquisitionTimeout(setup.patience())
                .validateOnBorrow(true)
                // Its default validator finds everything valid.
                .connectionValidator(ConnectionValidator.defaultValidator())
                .connectionFactoryConfiguration()
                .jdbcUrl(endpoint.jdbcUrl())
                .principal(new NamePrincipal(endpoint.user()))
                .credential(new SimplePassword(endpoint.password()));
        return AgroalDataSource.from(configuration);
    }
}
