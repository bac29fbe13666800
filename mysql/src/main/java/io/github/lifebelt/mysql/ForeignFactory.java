package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.Driver;
import com.mysql.cj.protocol.StandardSocketFactory;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket factory that a URL names, above all that of the Cloud SQL connector. It makes the sockets; the factory that the
 * driver gets stays Lifebelt's, which asks this one.
 *
 * @param className a {@code com.mysql.cj.protocol.SocketFactory} with a constructor without arguments
 */
record ForeignFactory(String className) {

    static final String NAME = "socketFactory";
    static final String CLOUD_SQL = "com.google.cloud.sql.mysql.SocketFactory";
    static final String CLOUD_SQL_INSTANCE = "cloudSqlInstance";

    /** Google's names for what its connector reads among the driver's properties. */
    private static final Set<String> CLOUD_SQL_NAMES = Set.of(
            CLOUD_SQL_INSTANCE,
            "cloudSqlNamedConnector",
            "cloudSqlTargetPrincipal",
            "cloudSqlDelegates",
            "cloudSqlRefreshStrategy",
            "cloudSqlAdminRootUrl",
            "cloudSqlAdminServicePath",
            "cloudSqlAdminQuotaProject",
            "cloudSqlGoogleCredentialsPath",
            "cloudSqlUniverseDomain",
            "cloudSqlUnixSocketPathSuffix",
            "unixSocketPath",
            "ipTypes",
            "enableIamAuth");

    static @Nullable ForeignFactory of(DatabaseUrl url) {
        String name = url.parameters().get(NAME);
        // The driver's own makes such sockets as Lifebelt's does.
        if (name == null || name.equals(StandardSocketFactory.class.getName())) {
            return null;
        }
        if (name.isBlank()) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM", "parameter '" + NAME + "' cannot be had: it names no class");
        }
        return new ForeignFactory(name);
    }

    /** Whether a name is one that some factory is known to look for. */
    static boolean isKnownProperty(String name) {
        return CLOUD_SQL_NAMES.contains(name);
    }

    boolean isCloudSql() {
        return className.equals(CLOUD_SQL);
    }

    Transport transport() {
        return isCloudSql() ? Transport.FOREIGN_PROTECTED : Transport.FOREIGN;
    }

    /** Refuses a class that is not there, without running anything of it. */
    void check() {
        try {
            // As the driver looks for it.
            Class.forName(className, false, Driver.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ConfigurationException(
                    "SOCKET_FACTORY_MISSING",
                    "the socket factory " + className + " is not on the class path"
                            + (isCloudSql()
                                    ? "; add the dependency com.google.cloud.sql:mysql-socket-factory-connector-j-8"
                                    : ""),
                    e);
        }
    }
}
