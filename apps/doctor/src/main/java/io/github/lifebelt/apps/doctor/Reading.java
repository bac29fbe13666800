package io.github.lifebelt.apps.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.url.UrlReading;
import io.github.lifebelt.url.UrlReading.Parts;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a connection string means, as JSON. What was not given is null. */
final class Reading {
    private static final String MASK = "***";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private static final List<String> ASTRAY =
            List.of("UNENCODED_AMPERSAND", "UNENCODED_AT", "UNENCODED_SLASH", "UNKNOWN_PARAM");

    private final boolean showSecrets;

    Reading(boolean showSecrets) {
        this.showSecrets = showSecrets;
    }

    /** Fills an answer in: what the text says, or why its rules refuse it, and what to tell whoever wrote it. */
    void write(UrlReading reading, ObjectNode answer) {
        Parts strict = reading.strict();
        ConfigurationException refusal = reading.refusal();
        if (strict != null) {
            // Behind a password that was not encoded its own rest may stand as a parameter.
            boolean astray = refusal != null && ASTRAY.contains(refusal.code()) && strict.password() != null;
            answer.set("expect", of(strict, astray));
            if (refusal != null) {
                refusal(answer.putObject("refused"), refusal);
            }
        } else if (refusal != null) {
            refusal(answer.putObject("error"), refusal);
        }
        ArrayNode diagnosis = answer.putArray("diagnosis");
        reading.diagnoses().forEach(one -> diagnosis.add(one.code()));
        if (reading.source() != null) {
            answer.put("source", reading.source());
        }
        Parts lenient = reading.lenient();
        if (lenient != null) {
            answer.set("lenient", of(lenient, false));
        }
    }

    private static void refusal(ObjectNode json, ConfigurationException refusal) {
        json.put("code", refusal.code());
        json.put("message", refusal.detail());
    }

    private ObjectNode of(Parts parts, boolean astray) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("dialect", parts.dialect());
        ArrayNode hosts = json.putArray("hosts");
        for (UrlReading.HostText host : parts.hosts()) {
            ObjectNode one = hosts.addObject();
            one.put("host", astray(host.name()));
            port(one, host.port());
        }
        json.put("database", parts.database() == null ? null : astray(parts.database()));
        json.put("user", parts.user());
        json.put("password", parts.password() == null ? null : masked(parts.password()));
        json.put("sslmode", parts.sslMode());
        json.put("sslrootcert", parts.sslRootCert());
        json.put("options", parts.options());
        ObjectNode params = json.putObject("params");
        if (astray && !showSecrets) {
            parts.parameters().keySet().forEach(name -> params.put(MASK, MASK));
            return json;
        }
        parts.parameters()
                .forEach((name, value) -> params.put(name, Credentials.isSecret(name, value) ? masked(value) : value));
        return json;
    }

    private void port(ObjectNode host, @Nullable String port) {
        if (port != null && NUMBER.matcher(port).matches()) {
            host.put("port", Integer.parseInt(port));
        } else {
            host.put("port", port == null ? null : masked(port));
        }
    }

    /** What stands before an '@' in a host or a database is the end of a password. */
    private String astray(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 || showSecrets ? text : MASK + text.substring(at);
    }

    private String masked(String secret) {
        return showSecrets ? secret : MASK;
    }
}
