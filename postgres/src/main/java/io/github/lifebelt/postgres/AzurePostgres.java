package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds URLs of Azure Database for PostgreSQL, flexible server, and of Azure Cosmos DB for PostgreSQL.
 *
 * <p>{@link SslMode#VERIFY_FULL} by default, against the JDK's trust store, which has Azure's roots (JDK 17 from 17.0.8
 * on all of them): nothing has to be downloaded. Not thread-safe; what it builds is immutable.
 *
 * @see <a href="https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-ssl-tls">Azure: TLS</a>
 */
public final class AzurePostgres {

    /** Which of Azure's clouds the server is in: each has host names of its own. */
    public enum Cloud {
        /** The public cloud. */
        PUBLIC(".postgres.database.azure.com"),
        /** Azure US Government. */
        US_GOVERNMENT(".postgres.database.usgovcloudapi.net"),
        /** Azure operated by 21Vianet in China. */
        CHINA(".postgres.database.chinacloudapi.cn");

        private final String suffix;

        Cloud(String suffix) {
            this.suffix = suffix;
        }
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
    private static final Pattern FULL_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*[a-z0-9]");
    private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final String COSMOS = ".postgres.cosmos.azure.com";
    private static final Pattern CLUSTER = Pattern.compile("c-[a-z0-9-]*[a-z0-9]\\.[a-z0-9]+");
    // The one user and the one database that each cluster comes with.
    private static final String CITUS = "citus";
    private static final int DIRECT = 5432;
    private static final int BOUNCER = 6432;

    private final String server;
    private Cloud cloud = Cloud.PUBLIC;
    private int port = DIRECT;
    private @Nullable String database;
    private @Nullable String user;
    private @Nullable String password;
    private SslMode sslMode = SslMode.VERIFY_FULL;
    private @Nullable Path rootCertificate;
    private @Nullable String options;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private AzurePostgres(String server) {
        this.server = server;
    }

    /**
     * Starts with a server.
     *
     * @param server its name, or its full host name
     * @return a builder
     * @throws ConfigurationException if that cannot be the name of a server
     */
    public static AzurePostgres flexibleServer(String server) {
        boolean full = server.indexOf('.') >= 0;
        boolean possible = full
                ? FULL_NAME.matcher(server).matches() && ManagedHosts.isAzure(server)
                : NAME.matcher(server).matches();
        if (!possible) {
            throw invalidName(
                    server,
                    " is no flexible server's name; allowed: 3 to 63 of a-z, 0-9 and -, not at the ends, or a full host name"
                            + " such as orders" + Cloud.PUBLIC.suffix + ", or of a virtual endpoint, such as"
                            + " orders.writer" + Cloud.PUBLIC.suffix);
        }
        return new AzurePostgres(server);
    }

    /**
     * Starts with the coordinator of a cluster of Azure Cosmos DB for PostgreSQL. User and database are {@code citus}
     * unless others are set.
     *
     * @param cluster as in {@code c-orders.abc123}, or its full host name
     * @return a builder
     * @throws ConfigurationException if that cannot be the name of a cluster
     */
    public static AzurePostgres cosmos(String cluster) {
        String bare = cluster.endsWith(COSMOS) ? cluster.substring(0, cluster.length() - COSMOS.length()) : cluster;
        if (!CLUSTER.matcher(bare).matches()) {
            throw invalidName(
                    cluster,
                    " is no cluster's name of Cosmos DB for PostgreSQL; allowed: c-orders.abc123, or c-orders.abc123"
                            + COSMOS);
        }
        return new AzurePostgres(bare + COSMOS).user(CITUS).database(CITUS);
    }

    // What is no name may be a whole URL with its password.
    private static ConfigurationException invalidName(String name, String allowed) {
        return new ConfigurationException(
                "INVALID_SERVER_NAME",
                (SHOWABLE.matcher(name).matches() ? "'" + name + "'" : "this (not shown)") + allowed);
    }

    /**
     * Sets the cloud that a bare name belongs to.
     *
     * @param which {@link Cloud#PUBLIC} by default
     * @return this
     */
    public AzurePostgres cloud(Cloud which) {
        cloud = which;
        return this;
    }

    /**
     * Sets the database.
     *
     * @param name its name
     * @return this
     */
    public AzurePostgres database(String name) {
        database = name;
        return this;
    }

    /**
     * Sets the user.
     *
     * @param name without {@code @server}: that form went with the single server, and a flexible one rejects it
     * @return this
     * @throws ConfigurationException if the name ends in this server's
     */
    public AzurePostgres user(String name) {
        int at = name.lastIndexOf('@');
        String bare = server.indexOf('.') < 0 ? server : server.substring(0, server.indexOf('.'));
        if (at >= 0
                && (name.substring(at + 1).equals(bare)
                        || name.substring(at + 1).startsWith(bare + "."))) {
            throw new ConfigurationException(
                    "USER_AT_SERVER",
                    "user '" + name + "': a flexible server wants '" + name.substring(0, at) + "' alone");
        }
        user = name;
        return this;
    }

    /**
     * Sets the password. Better kept out of code: see {@code PoolBuilder.credentials}.
     *
     * @param secret literally
     * @return this
     */
    public AzurePostgres password(String secret) {
        password = secret;
        return this;
    }

    /**
     * Sets what is demanded of TLS.
     *
     * @param mode {@link SslMode#VERIFY_FULL} by default; anything below is raised to it when a pool is opened, unless
     *     the pool is told to take it as given
     * @return this
     */
    public AzurePostgres sslMode(SslMode mode) {
        sslMode = mode;
        return this;
    }

    /**
     * Trusts the roots in a file instead of the JDK's. Put all of Azure's in it: servers move between them.
     *
     * @param pem a file of PEM certificates
     * @return this
     */
    public AzurePostgres rootCertificate(Path pem) {
        rootCertificate = pem;
        return this;
    }

    /**
     * Connects through the server's built-in PgBouncer, on port 6432. The driver then prepares nothing on the server.
     *
     * @return this
     */
    public AzurePostgres pgBouncer() {
        port = BOUNCER;
        return this;
    }

    /**
     * Sets the start options of the session.
     *
     * @param text for example {@code -c statement_timeout=5s}; PgBouncer refuses them
     * @return this
     */
    public AzurePostgres options(String text) {
        options = text;
        return this;
    }

    /**
     * Adds a parameter.
     *
     * @param name libpq's or pgjdbc's
     * @param value its value
     * @return this
     */
    public AzurePostgres parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /**
     * Makes the URL.
     *
     * @return what {@code ConnectionPool.builder} takes
     */
    public DatabaseUrl build() {
        DatabaseUrl.Builder url = DatabaseUrl.builder(DriverSettings.DIALECT)
                .host(server.indexOf('.') < 0 ? server + cloud.suffix : server, port)
                .database(database)
                .user(user)
                .password(password)
                .sslMode(sslMode)
                .sslRootCert(rootCertificate == null ? null : rootCertificate.toString())
                .options(options);
        parameters.forEach(url::parameter);
        return url.build();
    }
}
