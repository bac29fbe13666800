package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Begins URLs of Google Cloud SQL for MySQL: through Google's connector, or to an address.
 *
 * <pre>{@code
 * DatabaseUrl url = CloudSqlMySql.connector("my-project:europe-west1:orders").database("shop").user("app").build();
 * }</pre>
 *
 * @see <a href="https://cloud.google.com/sql/docs/mysql/configure-ssl-instance">Cloud SQL: certificates</a>
 */
public final class CloudSqlMySql {

    // A project of a domain is example.com:my-project.
    private static final Pattern INSTANCE =
            Pattern.compile("([a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9]:[a-z][a-z0-9-]*[a-z0-9]:[a-z][a-z0-9-]*");
    private static final Pattern NAME_OR_IPV4 = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private CloudSqlMySql() {}

    /**
     * Connects through Google's connector, which finds the instance, encrypts and verifies by itself: TLS within is off.
     * Its jar {@code com.google.cloud.sql:mysql-socket-factory-connector-j-8} has to be on the class path. Its settings are parameters: {@code ipTypes}, {@code
     * enableIamAuth}, {@code cloudSqlRefreshStrategy} ({@code lazy} on Cloud Run) and the rest.
     *
     * @param instance the instance connection name, {@code project:region:instance}
     * @return to be completed with database and user
     * @throws ConfigurationException if that cannot be such a name
     */
    public static DatabaseUrl.Builder connector(String instance) {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new ConfigurationException(
                    "INVALID_INSTANCE_NAME",
                    // It may be anything, a whole URL with its password too.
                    "this (not shown) is no instance connection name of Cloud SQL; allowed: project:region:instance, for"
                            + " example my-project:europe-west1:orders");
        }
        return DatabaseUrl.builder(DriverSettings.DIALECT)
                .sslMode(SslMode.DISABLE)
                .parameter(ForeignFactory.CLOUD_SQL_INSTANCE, instance)
                .parameter(ForeignFactory.NAME, ForeignFactory.CLOUD_SQL);
    }

    /**
     * Connects to an address, with {@link SslMode#VERIFY_CA} against the instance's own authority: that one signs for no
     * other instance, and the certificate has the instance's name in it and not the address.
     *
     * @param address the instance's IP address, or a name of one's own for it
     * @param serverCa the instance's {@code server-ca.pem}
     * @return to be completed with database and user
     * @throws ConfigurationException if that cannot be an address
     */
    public static DatabaseUrl.Builder direct(String address, Path serverCa) {
        if (!NAME_OR_IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            throw new ConfigurationException(
                    "INVALID_SERVER_NAME",
                    "this (not shown) is no address; allowed: an IP address or a host name, without a port, for example"
                            + " 10.1.2.3; for project:region:instance there is CloudSqlMySql.connector");
        }
        return DatabaseUrl.builder(DriverSettings.DIALECT)
                .host(address)
                .sslMode(SslMode.VERIFY_CA)
                .sslRootCert(serverCa.toString());
    }
}
