package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.regex.Pattern;

/**
 * Begins URLs of Neon, with {@link SslMode#VERIFY_FULL} against the JDK's trust store.
 *
 * <pre>{@code
 * DatabaseUrl url = NeonPostgres.endpoint("ep-cool-name.eu-central-1.aws.neon.tech").database("shop").user("app").build();
 * }</pre>
 *
 * @see <a href="https://neon.com/docs/connect/connect-securely">Neon: connect securely</a>
 */
public final class NeonPostgres {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*[a-z0-9]");
    private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final String POOLER = "-pooler";

    private NeonPostgres() {}

    /**
     * Connects to an endpoint. Neon finds it by the host name that TLS tells (SNI), which Java does.
     *
     * @param host the endpoint's full name, with or without {@code -pooler}
     * @return to be completed with database and user
     * @throws ConfigurationException if that is no name of Neon's
     */
    public static DatabaseUrl.Builder endpoint(String host) {
        if (!NAME.matcher(host).matches() || !ManagedHosts.isNeon(host)) {
            throw new ConfigurationException(
                    "INVALID_SERVER_NAME",
                    // What is no name may be a whole URL with its password.
                    (SHOWABLE.matcher(host).matches() ? "'" + host + "'" : "this (not shown)")
                            + " is no endpoint of Neon; allowed: a full host name such as"
                            + " ep-cool-name.eu-central-1.aws.neon.tech");
        }
        return DatabaseUrl.builder(DriverSettings.DIALECT).host(host).sslMode(SslMode.VERIFY_FULL);
    }

    /**
     * The same for a way on which the host name that TLS tells is lost, such as a proxy that takes TLS apart: the start
     * options name the endpoint.
     *
     * @param host the endpoint's full name, with or without {@code -pooler}
     * @return to be completed with database and user
     * @throws ConfigurationException if that is no name of Neon's
     */
    public static DatabaseUrl.Builder endpointInOptions(String host) {
        String label = host.substring(0, Math.max(0, host.indexOf('.')));
        String id = label.endsWith(POOLER) ? label.substring(0, label.length() - POOLER.length()) : label;
        return endpoint(host).options("endpoint=" + id);
    }
}
