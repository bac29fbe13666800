package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds URLs of Azure Database for MySQL, flexible server.
 *
 * <p>{@link SslMode#VERIFY_FULL} by default: Connector/J then verifies chain and host name against the JVM's trust store,
 * which has Azure's roots, so nothing has to be downloaded. Not thread-safe; what it builds is immutable.
 */
public final class AzureMySql {

    static final String DIALECT = "mysql";

    private static final String SUFFIX = ".mysql.database.azure.com";
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])");

    private final String host;
    private @Nullable String database;
    private @Nullable String user;
    private SslMode sslMode = SslMode.VERIFY_FULL;

    private AzureMySql(String host) {
        this.host = host;
    }

    /**
     * Starts with a server.
     *
     * @param server its name, or its full host name
     * @return a builder
     * @throws ConfigurationException if that cannot be the name of a server
     */
    public static AzureMySql flexibleServer(String server) {
        String name = server.endsWith(SUFFIX) ? server.substring(0, server.length() - SUFFIX.length()) : server;
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    "INVALID_SERVER_NAME",
                    "'" + server + "' is no server's name; allowed: 3 to 63 of a-z, 0-9 and -, not at the ends, or"
                            + " that followed by " + SUFFIX);
        }
        return new AzureMySql(name + SUFFIX);
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
        if (name.endsWith("@" + host) || name.endsWith("@" + host.substring(0, host.length() - SUFFIX.length()))) {
            throw new ConfigurationException(
                    "USER_AT_SERVER", "user '" + name + "': a flexible server wants the part before the @ alone");
        }
        user = name;
        return this;
    }

    /**
     * Sets what is demanded of TLS.
     *
     * @param mode anything below {@link SslMode#VERIFY_FULL} lets whoever stands between read along
     * @return this
     */
    public AzureMySql sslMode(SslMode mode) {
        sslMode = mode;
        return this;
    }

    /**
     * Makes the URL.
     *
     * @return for {@link MySqlJdbcUrl#of(DatabaseUrl)}
     */
    public DatabaseUrl build() {
        return DatabaseUrl.builder(DIALECT)
                .host(host, 3306)
                .database(database)
                .user(user)
                .sslMode(sslMode)
                .build();
    }
}
