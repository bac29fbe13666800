package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.net.LifebeltSocketFactory;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database in Connector/J's words: its properties without credentials and TLS, and a URL of them for display.
 *
 * <p>The driver gets the URL of one host at a time, and everything else as properties. A URL would have to carry the
 * password, and drivers repeat URLs in their errors.
 *
 * <p>None of the driver's defaults is changed. {@code cacheServerConfiguration} would spare each connect a round trip,
 * and would keep a former server's {@code sql_mode} and {@code max_allowed_packet} after a fail-over;
 * {@code useLocalSessionState} would spare another one, and would believe autocommit to be on where a server was started
 * with {@code autocommit=0}; {@code elideSetAutoCommits} has no effect in 9.7 (server bug 66884).
 */
final class DriverSettings {

    static final String DIALECT = "mysql";
    static final int DEFAULT_PORT = 3306;

    private static final String DRIVER_URL = "jdbc:mysql://";

    // The names of MySQL's clients, and what the driver calls it.
    private static final Map<String, String> RENAMED = Map.of(
            "get-server-public-key", "allowPublicKeyRetrieval",
            "get_server_public_key", "allowPublicKeyRetrieval");

    // Connector/J had them up to 8, and 9 does what they asked for.
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("useUnicode", "useLegacyDatetimeCode", "useJDBCCompliantTimezoneShift");

    // They were read as an ssl mode.
    private static final Set<String> SSL = Set.of("ssl", "useSSL", "requireSSL", "verifyServerCertificate");

    // The TLS context has them: files of MySQL's clients, libpq's names for them, and key stores of Connector/J's,
    // whose
    // type is seen by their content.
    private static final Set<String> CLIENT_CERTIFICATE = Set.of(
            "ssl-cert",
            "ssl_cert",
            "sslcert",
            "ssl-key",
            "ssl_key",
            "sslkey",
            "sslpassword",
            "clientCertificateKeyStoreUrl",
            "clientCertificateKeyStoreType",
            "clientCertificateKeyStorePassword");

    // What programs in other languages write, which Lifebelt does anyway or not at all.
    private static final String RECONNECT = "reconnect";
    private static final Set<String> CHARSET = Set.of("charset", "default-character-set");
    private static final Set<String> UTF_8 = Set.of("utf8", "utf8mb4", "utf-8");

    private static final Map<String, String> ADVICE = Map.of(
            "pool", "the pool's size is lifebelt.max-size",
            "pool_size", "the pool's size is lifebelt.max-size",
            "ssl_verify_identity", "write ssl-mode=VERIFY_IDENTITY",
            "ssl_verify_cert", "write ssl-mode=VERIFY_CA",
            "sslaccept", "write ssl-mode=VERIFY_IDENTITY for strict",
            "encoding", "the driver speaks UTF-8; leave it out",
            "timezone", "write connectionTimeZone",
            "connectiontimeout", "write lifebelt.connect-timeout=5s");

    // Both are milliseconds here and seconds nearly everywhere else.
    private static final Set<String> TIMEOUTS = Set.of("connectTimeout", "socketTimeout");
    private static final int SHORTEST_TIMEOUT_MILLIS = 100;

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
        if (!url.dialect().equals(DIALECT)) {
            throw new ConfigurationException(
                    "WRONG_DIALECT", "a MySQL URL was asked for and this one is for '" + url.dialect() + "'");
        }
        if (url.sslMode() != null) {
            sslMode(url.sslMode());
        }
        if (url.options() != null) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM",
                    "start options are PostgreSQL's; for MySQL set variables by the driver's property sessionVariables");
        }
        DriverSettings settings = new DriverSettings(url);
        settings.hosts().forEach(host -> settings.dialled(host.name()));
        url.parameters().forEach(settings::parameter);
        return settings;
    }

    static boolean isTranslated(String name) {
        return RENAMED.containsKey(name)
                || WITHOUT_EFFECT.contains(name)
                || SSL.contains(name)
                || CLIENT_CERTIFICATE.contains(name)
                || CHARSET.contains(name)
                || name.equals(RECONNECT);
    }

    static @Nullable String advice(String name) {
        return ADVICE.get(name.toLowerCase(Locale.ROOT));
    }

    private void parameter(String name, String value) {
        UnsupportedParameters.check(name, value);
        if (WITHOUT_EFFECT.contains(name)
                || SSL.contains(name)
                || CLIENT_CERTIFICATE.contains(name)
                || name.equals(RECONNECT)) {
            return;
        }
        if (CHARSET.contains(name)) {
            if (!UTF_8.contains(value.toLowerCase(Locale.ROOT))) {
                throw DriverProperties.invalid(name, "utf8mb4; for another one write characterEncoding");
            }
            return;
        }
        if (foreign != null && !DriverProperties.isKnown(name) && !RENAMED.containsKey(name)) {
            (Credentials.isSecret(name, value) ? unseen : properties).put(name, value);
            return;
        }
        String wanted = legacy(name, value);
        String property = DriverProperties.checked(RENAMED.getOrDefault(name, name), wanted);
        switch (property) {
            case "sslMode" -> throw ownParameter(name);
            case "tlsVersions" -> requireKnownVersions(name, wanted);
            default -> {
                if (TIMEOUTS.contains(property)) {
                    requireMillis(name, wanted);
                }
            }
        }
        properties.put(property, wanted);
    }

    /** Connector/J up to 8 spelt it thus, and newer ones read it; only their list of values does not have it. */
    private static String legacy(String name, String value) {
        return name.equals("zeroDateTimeBehavior") && value.equalsIgnoreCase("convertToNull")
                ? "CONVERT_TO_NULL"
                : value;
    }

    private static void requireKnownVersions(String name, String value) {
        for (String version : value.split(",", -1)) {
            if (!LifebeltSocketFactory.PROTOCOLS.contains(version.trim())) {
                throw DriverProperties.invalid(name, "TLSv1.2, TLSv1.3, or both with a comma between them");
            }
        }
    }

    private static void requireMillis(String name, String value) {
        long millis = Long.parseLong(value);
        if (millis < 0 || (millis > 0 && millis < SHORTEST_TIMEOUT_MILLIS)) {
            throw DriverProperties.invalid(
                    name,
                    "milliseconds, " + SHORTEST_TIMEOUT_MILLIS + " or more (three seconds are 3000), or 0 for none");
        }
    }

    private static ConfigurationException ownParameter(String name) {
        return new ConfigurationException(
                "UNSUPPORTED_PARAM",
                "parameter '" + name
                        + "' is Lifebelt's own to set; leave it out, or use the builder's method of that name");
    }

    /** The hosts to try; the driver's default if none was given. */
    List<DatabaseUrl.Host> hosts() {
        return url.hosts().isEmpty() ? List.of(new DatabaseUrl.Host("localhost", null)) : url.hosts();
    }

    /** Whose sockets are to be used; null for Lifebelt's own. */
    @Nullable
    ForeignFactory foreign() {
        return foreign;
    }

    @Nullable
    String foreignClass() {
        return foreign == null ? null : foreign.className();
    }

    String dialled(String name) {
        if (name.startsWith("/") && foreign == null) {
            throw new ConfigurationException(
                    "UNSUPPORTED_HOST",
                    "host '" + name + "' is a Unix socket, which Connector/J cannot connect to; give a host name"
                            + (name.startsWith("/cloudsql/")
                                    ? ", or connect by Google's connector: CloudSqlMySql.connector, or in the URL"
                                            + " cloudSqlInstance=<project:region:instance>&socketFactory="
                                            + ForeignFactory.CLOUD_SQL
                                    : ""));
        }
        return name.isEmpty() ? "localhost" : name;
    }

    static int port(DatabaseUrl.Host host) {
        return host.port() == null ? DEFAULT_PORT : host.port();
    }

    /** Connector/J's word for a mode. */
    static String sslMode(SslMode mode) {
        return switch (mode) {
            case DISABLE -> "DISABLED";
            case PREFER -> "PREFERRED";
            case REQUIRE -> "REQUIRED";
            case VERIFY_CA -> "VERIFY_CA";
            case VERIFY_FULL -> "VERIFY_IDENTITY";
            case ALLOW ->
                throw new ConfigurationException(
                        "UNSUPPORTED_SSLMODE", "Connector/J has no sslMode like 'allow'; write prefer or verify-full");
        };
    }

    /** The driver's URL, for people and other tools. A file of root certificates is not in it: it reads none of PEM. */
    String jdbcUrl() {
        Map<String, String> query = new LinkedHashMap<>();
        if (url.sslMode() != null) {
            query.put("sslMode", sslMode(url.sslMode()));
        } else if (foreign != null && foreign.isCloudSql()) {
            query.put("sslMode", sslMode(SslMode.DISABLE));
        }
        query.putAll(properties);
        return DRIVER_URL
                + hosts().stream().map(this::address).collect(Collectors.joining(","))
                + "/" + (url.database() == null ? "" : encode(url.database()))
                + query.entrySet().stream()
                        .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
    }

    /** What the driver is called with for one host. */
    String driverUrl(DatabaseUrl.Host host) {
        return DRIVER_URL + address(host) + "/";
    }

    private String address(DatabaseUrl.Host host) {
        if (host.name().startsWith("/")) {
            return encode(host.name()) + ":" + port(host);
        }
        return new DatabaseUrl.Host(dialled(host.name()), port(host)).toString();
    }

    // Connector/J decodes like a form: a plus is a blank.
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Map<String, String> properties() {
        return Map.copyOf(properties);
    }

    /** All that the driver needs for one connect. */
    Properties forConnect(ConnectRequest request) {
        Properties all = new Properties();
        properties.forEach(all::setProperty);
        unseen.forEach(all::setProperty);
        if (request.credentials().user() != null) {
            all.setProperty("user", request.credentials().user());
        }
        if (request.credentials().secret() != null) {
            all.setProperty("password", request.credentials().secret());
        }
        if (url.database() != null) {
            all.setProperty("dbname", url.database());
        }
        all.setProperty("socketFactory", LifebeltSocketFactory.class.getName());
        all.setProperty("sslMode", sslMode(request.tls().mode()));
        return all;
    }
}
