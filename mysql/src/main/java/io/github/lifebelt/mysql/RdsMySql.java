package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Begins URLs of Amazon RDS and Aurora for MySQL.
 *
 * <pre>{@code
 * DatabaseUrl url = RdsMySql.endpoint("orders.abc123.eu-west-1.rds.amazonaws.com", Path.of("eu-west-1-bundle.pem"))
 *         .database("shop").user("app").build();
 * }</pre>
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.html">RDS: TLS</a>
 */
public final class RdsMySql {

    private static final Pattern ENDPOINT =
            Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?\\.rds\\.amazonaws\\.com(\\.cn)?");
    private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private RdsMySql() {}

    /**
     * Connects to an instance's or a cluster's endpoint with {@link SslMode#VERIFY_FULL}. Amazon signs with roots of its
     * own that no JDK has, so they have to be downloaded: one file for each region, or one for all.
     *
     * @param host the endpoint's full name, in lower case; not an alias, which is not in the certificate
     * @param bundle Amazon's file of roots (PEM)
     * @return to be completed with database and user
     * @throws ConfigurationException if that is no name of RDS
     * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html">RDS: where the bundles
     *     are</a>
     */
    public static DatabaseUrl.Builder endpoint(String host, Path bundle) {
        if (!ENDPOINT.matcher(host).matches()) {
            throw new ConfigurationException(
                    "INVALID_SERVER_NAME",
                    // What is no name may be a whole URL with its password.
                    (SHOWABLE.matcher(host).matches() ? "'" + host + "'" : "this (not shown)")
                            + " is no endpoint of RDS; allowed: a full host name such as"
                            + " orders.abc123.eu-west-1.rds.amazonaws.com, or one that ends in .rds.amazonaws.com.cn");
        }
        return DatabaseUrl.builder(DriverSettings.DIALECT)
                .host(host)
                .sslMode(SslMode.VERIFY_FULL)
                .sslRootCert(bundle.toString());
    }
}
