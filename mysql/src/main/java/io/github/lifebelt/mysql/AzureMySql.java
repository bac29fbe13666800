package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds URLs of Azure Database for MySQL, flexible server.
 *
 * <p>{@link SslMode#VERIFY_FULL} by default, against the JDK's trust store, which has Azure's roots: nothing has to be
 * downloaded. Not thread-safe; what it builds is immutable.
 *
 * @see <a href="https://learn.microsoft.com/azure/mysql/flexible-server/security-tls-root-certificate-rotation">Azure: root
 *     certificates of MySQL</a>
 */
public final class AzureMySql {

    /** Which of Azure's clouds the server is in: each has host names of its own. */
    public enum Cloud {
        /** The public cloud. */
        PUBLIC(".mysql.database.azure.com"),
        /** Azure US Government. */
        US_GOVERNMENT(".mysql.database.usgovcloudapi.net"),
        /** Azure operated by 21Vianet in China. */
        CHINA(".mysql.database.chinacloudapi.cn");

        private final String suffix;

        Cloud(String suffix) {
            this.suffix = suffix;
        }
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
    private static final Pattern FULL_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*[a-z0-9]");
    private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private final String server;
    private Cloud cloud = Cloud.PUBLIC;
    private @Nullable String database;
    private @Nullable String user;
    private @Nullable String password;
    private SslMode sslMode = SslMode.VERIFY_FULL;
    private @Nullable Path rootCertificate;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private AzureMySql(String server) {
        this.server = server;
    }

    /**
     * Starts with a server.
     *
     * @param server its name, or its full host name
     * @return a builder
     * @throws ConfigurationException if that cannot be the name of a server
     */
    public static AzureMySql flexibleServer(String server) {
        boolean full = server.indexOf('.') >= 0;
        boolean possible = full
                ? FULL_NAME.matcher(server).matches() && ManagedHosts.isAzure(server)
                : NAME.matcher(server).matches();
        if (!possible) {
            throw new ConfigurationException(
                    "INVALID_SERVER_NAME",
                    // What is no name may be a whole URL with its password.
                    (SHOWABLE.matcher(server).matches() ? "'" + server + "'" : "this (not shown)")
                            + " is no flexible server's name; allowed: 3 to 63 of a-z, 0-9 and -, not at the ends,"
                            + " or a full host name such as orders" + Cloud.PUBLIC.suffix);
        }
        return new AzureMySql(server);
    }

    /**
     * Sets the cloud that a bare name belongs to.
     *
     * @param which {@link Cloud#PUBLIC} by default
     * @return this
     */
    public AzureMySql cloud(Cloud which) {
        cloud = which;
        return this;
    }

    /**
     * Sets the database.
     *
     * @param name its name
     * @return this
     */
    public AzureMySql database(String name) {
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
    public AzureMySql user(String name) {
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
    public AzureMySql password(String secret) {
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
    public AzureMySql sslMode(SslMode mode) {
        sslMode = mode;
        return this;
    }

    /**
     * Trusts the roots in a file instead of the JDK's. Put all of Azure's in it: servers move between them.
     *
     * @param pem a file of PEM certificates
     * @return this
     */
    public AzureMySql rootCertificate(Path pem) {
        rootCertificate = pem;
        return this;
    }

    /**
     * Adds a property of the driver.
     *
     * @param name Connector/J's
     * @param value its value
     * @return this
     */
    public AzureMySql parameter(String name, String value) {
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
                .host(server.indexOf('.') < 0 ? server + cloud.suffix : server, DriverSettings.DEFAULT_PORT)
                .database(database)
                .user(user)
                .password(password)
                .sslMode(sslMode)
                .sslRootCert(rootCertificate == null ? null : rootCertificate.toString());
        parameters.forEach(url::parameter);
        return url.build();
    }
}
