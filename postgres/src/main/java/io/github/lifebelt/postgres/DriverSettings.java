package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.postgres.net.ConnectRequests;
import io.github.lifebelt.postgres.net.LifebeltSocketFactory;
import io.github.lifebelt.postgres.net.LifebeltSslFactory;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A database in pgjdbc's words: its properties without credentials and TLS, and a URL of them for display.
 *
 * <p>Everything goes to the driver as properties. A URL would have to carry the password, and drivers repeat URLs in
 * their errors.
 */
final class DriverSettings {

    static final String DIALECT = "postgresql";
    // Host, port and database are properties. Without the slashes the driver takes what follows the colon, nothing, for
    // the database's name, in place of the property, and the server takes the user's name then.
    static final String DRIVER_URL = "jdbc:postgresql:///";

    // Alone or among others.
    private static final Pattern ENDPOINT = Pattern.compile("(^|\\s)(endpoint|project)=");

    private static final String PREPARE_THRESHOLD = "prepareThreshold";
    private static final String JDK_TRUST = "org.postgresql.ssl.DefaultJavaSSLFactory";

    // Which host, and from where, is not the driver's to find out.
    private static final Set<String> OF_THE_SEARCH =
            Set.of("targetServerType", "loadBalanceHosts", "hostRecheckSeconds", "localSocketAddress");

    private static final Map<String, String> RENAMED = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "channel_binding", "channelBinding",
            "sslnegotiation", "sslNegotiation",
            "require_auth", "requireAuth",
            "krbsrvname", "kerberosServerName",
            "gssencmode", "gssEncMode");

    private static final Map<String, String> SERVER_TYPES = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private final DatabaseUrl url;
    private final @Nullable ForeignFactory foreign;
    private final Map<String, String> properties = new LinkedHashMap<>();
    // What only a foreign socket factory knows, and nobody is to see.
    private final Map<String, String> unseen = new LinkedHashMap<>();

    private DriverSettings(DatabaseUrl url) {
        this.url = url;
        this.foreign = ForeignFactory.of(url);
    }

    /** Translates, and refuses what the driver would ignore or cannot do. */
    static DriverSettings of(DatabaseUrl url) {
        DriverSettings settings = new DriverSettings(url);
        settings.defaults();
        url.parameters().forEach(settings::parameter);
        settings.options();
        return settings;
    }

    private void defaults() {
        properties.put(
                "PGHOST",
                hosts().stream().map(DatabaseUrl.Host::name).map(this::dialled).collect(Collectors.joining(",")));
        properties.put(
                "PGPORT",
                hosts().stream()
                        .map(host -> host.port() == null ? "5432" : String.valueOf(host.port()))
                        .collect(Collectors.joining(",")));
        if (url.database() != null) {
            properties.put("PGDBNAME", url.database());
        }
        // Cloud load balancers forget quiet flows; our socket sets the intervals.
        properties.put("tcpKeepAlive", "true");
        // So that the application's name travels with the login and costs no round trip of its own.
        properties.put("assumeMinServerVersion", "9.0");
        // Kerberos encryption is asked for by name, never tried on the way.
        properties.put("gssEncMode", "disable");
        if (hosts().stream().anyMatch(DirectHosts::isAzureBouncer)) {
            // Azure's PgBouncer pools transactions and keeps no prepared statements by default.
            properties.put(PREPARE_THRESHOLD, "0");
        }
    }

    List<DatabaseUrl.Host> hosts() {
        return url.hosts().isEmpty() ? List.of(new DatabaseUrl.Host("localhost", null)) : url.hosts();
    }

    /** Whose sockets are to be used; null for Lifebelt's own. */
    @Nullable
    ForeignFactory foreign() {
        return foreign;
    }

    private String dialled(String name) {
        if (name.startsWith("/") && foreign == null) {
            throw new ConfigurationException(
                    "UNSUPPORTED_HOST",
                    "host '" + name + "' is a Unix socket, which pgjdbc cannot connect to; give a host name"
                            + (name.startsWith("/cloudsql/")
                                    ? ", or connect by Google's connector: CloudSqlPostgres.connector, or in a JDBC URL"
                                            + " cloudSqlInstance=<project:region:instance>&socketFactory="
                                            + ForeignFactory.CLOUD_SQL
                                    : ""));
        }
        return name.isEmpty() ? "localhost" : name.indexOf(':') >= 0 ? "[" + name + "]" : name;
    }

    private void parameter(String name, String value) {
        UnsupportedParameters.check(name);
        switch (name) {
            case "target_session_attrs" -> properties.put("targetServerType", serverType(value));
            case "load_balance_hosts" -> properties.put("loadBalanceHosts", loadBalance(value));
            case "client_encoding" -> requireUtf8(value);
            case "keepalives" ->
                properties.put(
                        "tcpKeepAlive", String.valueOf(!number(name, value).equals("0")));
            case "keepalives_idle", "keepalives_interval", "keepalives_count" -> number(name, value);
            case "sslsni" ->
                UnsupportedParameters.allowOnly(name, value, "1", "the JDK tells the server the host's name (SNI)");
            case "sslcompression" ->
                UnsupportedParameters.allowOnly(name, value, "0", "the JDK does not compress TLS, which is unsafe");
            case "sslcertmode" ->
                UnsupportedParameters.allowOnly(
                        name, value, "allow", "a client certificate that is given is shown to a server that asks");
            case "ssl", "sslcert", "sslkey", "sslpassword" -> {
                // It was read as an sslmode, and the TLS context has the others.
            }
            case "fallback_application_name" -> properties.putIfAbsent("ApplicationName", value);
            case "sslfactory" -> requireJdkTrust(value);
            case "connect_timeout" -> properties.put("connectTimeout", number(name, value));
            case ForeignFactory.NAME, ForeignFactory.ARG -> properties.put(name, value);
            default -> {
                String property = RENAMED.getOrDefault(name, name);
                if (foreign != null && DriverProperties.isForeign(property)) {
                    (Credentials.isSecret(property, value) ? unseen : properties).put(property, value);
                    return;
                }
                DriverProperties.check(property);
                properties.put(property, DriverProperties.checked(property, name, value));
            }
        }
    }

    /** One factory says what is done here anyway; it stands in many URLs, and in those of {@link #jdbcUrl()}. */
    private void requireJdkTrust(String factory) {
        if (!factory.equals(JDK_TRUST) || !verifiesWithJdkTrust()) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM",
                    "parameter 'sslfactory' is Lifebelt's own to set; write sslmode=verify-full, which takes the JDK's"
                            + " trust store, with sslrootcert=<PEM file> for other roots");
        }
    }

    private boolean verifiesWithJdkTrust() {
        return url.sslMode() != null
                && url.sslMode().verifies()
                && (url.sslRootCert() == null || url.sslRootCert().equals("system"));
    }

    private void options() {
        String options = url.options();
        if (options == null) {
            return;
        }
        if (ENDPOINT.matcher(options).find() && !hosts().stream().allMatch(host -> ManagedHosts.isNeon(host.name()))) {
            throw new ConfigurationException(
                    "ENDPOINT_OPTION",
                    "options=endpoint=... is Neon's (*.neon.tech), and any other server refuses the login for it; leave it"
                            + " out, or through a tunnel to Neon write the password as endpoint=<id>;<password>");
        }
        properties.put("options", options);
    }

    private static String serverType(String value) {
        String type = SERVER_TYPES.get(value);
        if (type == null) {
            throw invalid(
                    "target_session_attrs", value, "any, read-write, read-only, primary, standby, prefer-standby");
        }
        return type;
    }

    private static String loadBalance(String value) {
        return switch (value) {
            case "disable" -> "false";
            case "random" -> "true";
            default -> throw invalid("load_balance_hosts", value, "disable, random");
        };
    }

    private static void requireUtf8(String value) {
        String normal = value.toLowerCase(java.util.Locale.ROOT).replace("-", "");
        if (!normal.equals("utf8") && !normal.equals("unicode") && !normal.equals("auto")) {
            throw invalid("client_encoding", value, "UTF8: the driver uses no other");
        }
    }

    private static String number(String name, String value) {
        try {
            if (Integer.parseInt(value) >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw invalid(name, value, "a whole number of seconds without a unit");
        }
        throw invalid(name, value, "0 or more");
    }

    private static ConfigurationException invalid(String name, String value, String allowed) {
        return new ConfigurationException("INVALID_PARAM", name + " is '" + value + "'; allowed: " + allowed);
    }

    /** The driver's URL, for people and other tools. */
    String jdbcUrl() {
        boolean paths = hosts().stream().anyMatch(host -> host.name().startsWith("/"));
        // Paths have no place before the '/', and stay properties.
        String servers = paths
                ? ""
                : hosts().stream()
                        .map(host -> dialled(host.name()) + ":" + (host.port() == null ? 5432 : host.port()))
                        .collect(Collectors.joining(","));
        Map<String, String> query = new LinkedHashMap<>(properties);
        (paths ? List.of("PGDBNAME") : List.of("PGHOST", "PGPORT", "PGDBNAME")).forEach(query::remove);
        if (url.sslMode() != null) {
            query.put("sslmode", url.sslMode().toString());
        } else if (foreign != null && foreign.isCloudSql()) {
            query.put("sslmode", SslMode.DISABLE.toString());
        }
        if (verifiesWithJdkTrust()) {
            // By itself the driver would look for a file in the home directory.
            query.put("sslfactory", JDK_TRUST);
        } else if (url.sslRootCert() != null) {
            query.put("sslrootcert", url.sslRootCert());
        }
        for (String file : List.of("sslcert", "sslkey")) {
            String path = url.parameters().get(file);
            // Not the text of a key, which some put there.
            if (path != null && !path.contains("-----")) {
                query.put(file, path);
            }
        }
        return JdbcPostgresUrl.SCHEME + "//" + servers + "/" + (url.database() == null ? "" : encode(url.database()))
                + query.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    // pgjdbc decodes like a form.
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * What the driver is called with. The connection keeps it, and only what is of interest later stands in it: the
     * connection's own threshold does not tell whether anybody wanted it.
     */
    String driverUrl() {
        String threshold = url.parameters().get(PREPARE_THRESHOLD);
        return threshold == null ? DRIVER_URL : DRIVER_URL + "?" + PREPARE_THRESHOLD + "=" + threshold;
    }

    static boolean saysPrepareThreshold(Connection connection) throws SQLException {
        return String.valueOf(connection.getMetaData().getURL()).contains(PREPARE_THRESHOLD);
    }

    Map<String, String> properties() {
        return Map.copyOf(properties);
    }

    /** The foreign socket factory of one connect, which looks for its settings among the driver's. */
    @Nullable
    SocketFactory foreign(ConnectRequest request, DatabaseUrl.Host host) throws SQLException {
        if (foreign == null) {
            return null;
        }
        Properties all = common(request, host);
        unseen.forEach(all::setProperty);
        return foreign.make(all);
    }

    /** All that the driver needs to connect to one host. */
    Properties forConnect(ConnectRequest request, String token, DatabaseUrl.Host host) {
        Properties all = common(request, host);
        all.setProperty(ForeignFactory.NAME, LifebeltSocketFactory.class.getName());
        all.setProperty(ForeignFactory.ARG, token);
        ConnectRequest.Tls tls = request.tls();
        all.setProperty("sslmode", tls.mode().toString());
        if (tls.context() != null) {
            all.setProperty("sslfactory", LifebeltSslFactory.class.getName());
            all.setProperty("sslfactoryarg", ConnectRequests.tokenOf(tls.context()));
        }
        return all;
    }

    private Properties common(ConnectRequest request, DatabaseUrl.Host host) {
        Properties all = new Properties();
        properties.forEach(all::setProperty);
        OF_THE_SEARCH.forEach(all::remove);
        all.setProperty("PGHOST", dialled(host.name()));
        all.setProperty("PGPORT", host.port() == null ? "5432" : String.valueOf(host.port()));
        if (request.credentials().user() != null) {
            all.setProperty("user", request.credentials().user());
        }
        if (request.credentials().secret() != null) {
            all.setProperty("password", request.credentials().secret());
        } else if (foreign != null && "true".equals(properties.get("enableIamAuth"))) {
            // Who logs in is settled by the connector; the driver wants to have been given something.
            all.setProperty("password", "unused");
        }
        return all;
    }
}
