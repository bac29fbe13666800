package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.util.ObjectFactory;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * A socket factory that a URL names, above all that of the Cloud SQL connector. It makes the sockets; the factory that the
 * driver gets stays Lifebelt's, which asks this one.
 *
 * @param className made by the driver's rules: with the properties, else with {@code socketFactoryArg}, else with nothing
 * @param arg the URL's {@code socketFactoryArg}
 */
record ForeignFactory(String className, @Nullable String arg) {

    static final String NAME = "socketFactory";
    static final String ARG = "socketFactoryArg";
    static final String CLOUD_SQL = "com.google.cloud.sql.postgres.SocketFactory";
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
        Map<String, String> parameters = url.parameters();
        String name = parameters.get(NAME);
        if (name == null) {
            if (parameters.containsKey(ARG)) {
                throw refused(ARG, "it is for a socketFactory, and none is named");
            }
            return null;
        }
        if (name.isBlank()) {
            throw refused(NAME, "it names no class");
        }
        return new ForeignFactory(name, parameters.get(ARG));
    }

    private static ConfigurationException refused(String name, String reason) {
        return new ConfigurationException("UNSUPPORTED_PARAM", "parameter '" + name + "' cannot be had: " + reason);
    }

    /** Whether a name is one that some factory is known to look for. */
    static boolean isKnownProperty(String name) {
        return CLOUD_SQL_NAMES.contains(name);
    }

    /** What to say about such a name where no factory is. */
    static String advice(String name) {
        return isKnownProperty(name) ? "; it is the Cloud SQL connector's: add socketFactory=" + CLOUD_SQL : "";
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
            found(Driver.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ConfigurationException("SOCKET_FACTORY_MISSING", missing(), e);
        }
    }

    // As the driver looks for it.
    private void found(@Nullable ClassLoader drivers) throws ClassNotFoundException {
        try {
            Class.forName(className, false, drivers);
        } catch (ClassNotFoundException e) {
            Class.forName(className, false, Thread.currentThread().getContextClassLoader());
        }
    }

    private String missing() {
        return "the socket factory " + className + " is not on the class path"
                + (isCloudSql() ? "; add the dependency com.google.cloud.sql:postgres-socket-factory" : "");
    }

    /**
     * Makes one.
     *
     * @param properties the driver's, with those of the URL that only the factory knows
     */
    SocketFactory make(Properties properties) throws SQLException {
        try {
            return ObjectFactory.instantiate(SocketFactory.class, className, properties, true, arg);
        } catch (ClassNotFoundException e) {
            throw failure(missing(), e);
        } catch (InvocationTargetException e) {
            throw failure("the socket factory " + className + " fails: " + e.getCause(), e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw failure("the socket factory " + className + " cannot be made: " + e, e);
        }
    }

    /** Nothing that a second try would change. */
    private static SQLException failure(String message, Throwable cause) {
        return new PSQLException(message, PSQLState.INVALID_PARAMETER_VALUE, cause);
    }
}
