package io.github.lifebelt.apps.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a connection string means, as JSON. What was not given is null. */
final class Reading {
    private static final String MASK = "***";
    private static final List<String> SECRET_WORDS =
            List.of("password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "apikey", "accesskey");

    private final boolean showSecrets;

    Reading(boolean showSecrets) {
        this.showSecrets = showSecrets;
    }

    ObjectNode of(DatabaseUrl url) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("dialect", url.dialect());
        ArrayNode hosts = json.putArray("hosts");
        for (DatabaseUrl.Host host : url.hosts()) {
            hosts.addObject().put("host", host.name()).put("port", host.port());
        }
        json.put("database", url.database());
        json.put("user", url.user());
        @Nullable String password = url.credentials().secret();
        json.put("password", password == null ? null : masked(password));
        @Nullable SslMode sslMode = url.sslMode();
        json.put("sslmode", sslMode == null ? null : sslMode.toString());
        json.put("sslrootcert", url.sslRootCert());
        json.put("options", url.options());
        ObjectNode params = json.putObject("params");
        url.parameters().forEach((name, value) -> params.put(name, soundsSecret(name) ? masked(value) : value));
        url.settings().forEach((name, value) -> params.put(DatabaseUrl.SETTING_PREFIX + name, value));
        return json;
    }

    private String masked(String secret) {
        return showSecrets ? secret : MASK;
    }

    private static boolean soundsSecret(String name) {
        String bare = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return SECRET_WORDS.stream().anyMatch(bare::contains);
    }
}
