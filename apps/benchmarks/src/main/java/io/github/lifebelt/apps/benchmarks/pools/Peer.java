package io.github.lifebelt.apps.benchmarks.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.lifebelt.ConnectionPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.jspecify.annotations.Nullable;

/** The pools that are compared, each with its own defaults but for size, wait and the check before each borrow. */
public enum Peer {
    /** Reads the socket before each borrow and sends nothing. */
    LIFEBELT("lifebelt", false) {
        @Override
        public OpenPool open(Endpoint endpoint, int size) {
            return OpenPool.of(
                    this,
                    ConnectionPool.builder(endpoint.url())
                            .maxSize(size)
                            .borrowTimeout(WAIT)
                            .open());
        }
    },
    /** As people run it: trusts a connection for half a second after each use. */
    HIKARI("hikari", false) {
        @Override
        public OpenPool open(Endpoint endpoint, int size) {
            return OpenPool.of(this, hikari(endpoint, size));
        }
    },
    /** Asks the server before each borrow. */
    HIKARI_VALIDATED("hikari-validated", true) {
        @Override
        public OpenPool open(Endpoint endpoint, int size) {
            return OpenPool.of(this, alwaysValidating(endpoint, size));
        }
    },
    /** Asks the server before each borrow. */
    DBCP2("dbcp2", true) {
        @Override
        public OpenPool open(Endpoint endpoint, int size) {
            BasicDataSource dbcp = new BasicDataSource();
            dbcp.setUrl(endpoint.jdbcUrl());
            dbcp.setUsername(endpoint.user());
            dbcp.setPassword(endpoint.password());
            dbcp.setMaxTotal(size);
            dbcp.setMaxIdle(size);
            dbcp.setMaxWait(WAIT);
            dbcp.setTestOnBorrow(true);
            return OpenPool.of(this, dbcp);
        }
    },
    /** Asks the server before each borrow. */
    AGROAL("agroal", true) {
        @Override
        public OpenPool open(Endpoint endpoint, int size) throws SQLException {
            return OpenPool.of(this, agroal(endpoint, size));
        }
    };

    private static final Duration WAIT = Duration.ofSeconds(30);
    // Zero would not do: a connection that was used less than a millisecond ago would go unchecked.
    private static final String EVERY_BORROW = "-1";
    private static final String HIKARI_WINDOW = "com.zaxxer.hikari.aliveBypassWindowMs";

    private final String label;
    private final boolean asksTheServer;

    Peer(String label, boolean asksTheServer) {
        this.label = label;
        this.asksTheServer = asksTheServer;
    }

    /** Opens a pool that keeps what it has connected. */
    public abstract OpenPool open(Endpoint endpoint, int size) throws SQLException;

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
                .orElseThrow(() -> new IllegalArgumentException("no pool is called " + label));
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Peer::label).toList();
    }

    private static HikariDataSource hikari(Endpoint endpoint, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(endpoint.jdbcUrl());
        config.setUsername(endpoint.user());
        config.setPassword(endpoint.password());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(WAIT.toMillis());
        return new HikariDataSource(config);
    }

    /** The window is the whole JVM's, but a pool reads it only while it is constructed. */
    private static synchronized HikariDataSource alwaysValidating(Endpoint endpoint, int size) {
        String before = System.getProperty(HIKARI_WINDOW);
        System.setProperty(HIKARI_WINDOW, EVERY_BORROW);
        try {
            return hikari(endpoint, size);
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

    private static AgroalDataSource agroal(Endpoint endpoint, int size) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                .initialSize(size)
                .minSize(size)
                .maxSize(size)
                .acquisitionTimeout(WAIT)
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
