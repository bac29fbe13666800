package io.github.lifebelt.spring;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code spring.datasource.hikari.data-source-properties}: what the driver is given beside a URL, by its own names. */
final class DriverParameters {
    private static final HikariKey KEY = HikariKey.DATA_SOURCE_PROPERTIES;
    private static final String ANY = "any";
    private static final String FACTORY = "socketFactory";

    private DriverParameters() {}

    /** Adds them to a URL, in whatever format it was written. What it has itself stays. */
    static DatabaseUrl added(DatabaseUrl url, HikariSettings hikari) {
        Map<String, String> written = hikari.driverProperties();
        if (written.isEmpty()) {
            return url;
        }
        try {
            DatabaseUrl given = ofDriver(url, written);
            if (!given.hosts().equals(ofDriver(url, Map.of()).hosts())
                    || (url.database() != null && !ANY.equals(given.database()))) {
                hikari.differently(KEY.key() + " do not say where the database is, as the URL does");
            }
            DatabaseUrl whole = merged(url, given);
            whole.driverProperties(); // refuses what the driver does not know
            return whole;
        } catch (ConfigurationException e) {
            url.driverProperties(); // or it is the URL that is wrong
            throw new ConfigurationException(e.code(), KEY.property() + ": " + e.detail(), e);
        }
    }

    /** What the driver's own URL means with these in it: some are no parameters to Lifebelt, as those of TLS. */
    private static DatabaseUrl ofDriver(DatabaseUrl url, Map<String, String> written) {
        Map<String, String> query = new LinkedHashMap<>(written);
        String factory = url.parameters().get(FACTORY);
        if (factory != null) {
            query.put(FACTORY, factory); // which has parameters of its own
        }
        String bare = DatabaseUrl.builder(url.dialect())
                .host("localhost")
                .database(ANY)
                .build()
                .jdbcUrl();
        return DatabaseUrl.parse(bare.replaceFirst("[?].*", "")
                + query.entrySet().stream()
                        .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                        .collect(Collectors.joining("&", "?", "")));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static DatabaseUrl merged(DatabaseUrl url, DatabaseUrl given) {
        DatabaseUrl.Builder whole = DatabaseUrl.builder(url.dialect())
                .database(url.database() == null && !ANY.equals(given.database()) ? given.database() : url.database())
                .user(url.user() == null ? given.user() : url.user())
                .password(
                        url.credentials().secret() == null
                                ? given.credentials().secret()
                                : url.credentials().secret())
                .sslMode(url.sslMode() == null ? given.sslMode() : url.sslMode())
                .sslRootCert(url.sslRootCert() == null ? given.sslRootCert() : url.sslRootCert())
                .options(url.options() == null ? given.options() : url.options());
        for (Host host : url.hosts()) {
            if (host.port() == null) {
                whole.host(host.name());
            } else {
                whole.host(host.name(), host.port());
            }
        }
        // The last of two names for the same counts.
        given.parameters().forEach(whole::parameter);
        url.parameters().forEach(whole::parameter);
        given.settings().forEach(whole::setting);
        url.settings().forEach(whole::setting);
        return whole.build();
    }
}
