package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes Connector/J's URLs, without credentials.
 *
 * <p>Connector/J's property names are case-sensitive and unknown ones are ignored, so a URL with {@code sslmode} (as
 * Azure's Service Connector writes it) demands no TLS at all. What is written here says {@code sslMode}.
 *
 * @see <a href="https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html">Connector/J: security
 *     properties</a>
 */
public final class MySqlJdbcUrl {

    private static final int DEFAULT_PORT = 3306;

    private MySqlJdbcUrl() {}

    /**
     * The URL of a database.
     *
     * @param url one whose dialect is {@code mysql}
     * @return for example {@code jdbc:mysql://db.example.com:3306/orders?sslMode=VERIFY_IDENTITY}
     * @throws ConfigurationException if the URL is for another database, has no host, or demands what Connector/J
     *     cannot do
     */
    public static String of(DatabaseUrl url) {
        if (!url.dialect().equals(AzureMySql.DIALECT)) {
            throw new ConfigurationException(
                    "WRONG_DIALECT", "a MySQL URL was asked for and this one is for '" + url.dialect() + "'");
        }
        if (url.hosts().isEmpty()) {
            throw new ConfigurationException("HOST_MISSING", "a MySQL URL needs a host");
        }
        String hosts = url.hosts().stream()
                .map(host -> host.port() == null ? host + ":" + DEFAULT_PORT : host.toString())
                .collect(Collectors.joining(","));
        Map<String, String> query = new LinkedHashMap<>();
        if (url.sslMode() != null) {
            query.put("sslMode", sslMode(url.sslMode()));
        }
        query.putAll(url.parameters());
        String database = url.database() == null ? "" : encode(url.database());
        return "jdbc:mysql://" + hosts + "/" + database
                + query.entrySet().stream()
                        .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
    }

    private static String sslMode(SslMode mode) {
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

    // Connector/J decodes like a form: a plus is a blank.
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
