package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReading.HostText;
import io.github.lifebelt.url.UrlReading.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a URL that cannot be was probably meant to say. Offered to people, never connected to: a password that was guessed
 * would be sent to a server that was guessed.
 */
final class Lenient {

    private static final Pattern SCHEME = Pattern.compile("((?:jdbc:)?[A-Za-z][A-Za-z0-9+.-]*://)(.*)", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile("(?:\\[[^\\]]*\\]|[^:]*):\\d+");
    // Those of Prisma, of frameworks and of drivers in other languages, which libpq does not know.
    private static final Set<String> OF_OTHERS = Set.of(
            "schema",
            "connection_limit",
            "pgbouncer",
            "sslaccept",
            "sslidentity",
            "socket_timeout",
            "pool_timeout",
            "statement_cache_size",
            "pool",
            "pool_size",
            "poolsize",
            "timeout",
            "encoding",
            "reconnect",
            "prepared_statements",
            "currentschema",
            "ssl",
            "supa",
            "workaround",
            "uselibpqcompat");

    private Lenient() {}

    static @Nullable Parts of(String text, @Nullable String family, UrlReading strict) {
        String repaired = repair(text, strict);
        UrlReading again = repaired.equals(text) ? strict : strict(repaired, family);
        if (again.refusal() == null) {
            return again.strict();
        }
        Parts lastAt = repaired.indexOf('@') < 0 ? null : lastAt(repaired, family);
        return lastAt == null && !repaired.equals(text) ? again.strict() : lastAt;
    }

    private static UrlReading strict(String text, @Nullable String family) {
        return Readings.strict(text, family, new Surroundings(text, List.of()));
    }

    private static String repair(String text, UrlReading strict) {
        String code = strict.refusal() == null ? "" : strict.refusal().code();
        String repaired = text.replace("&amp;", "&");
        String lower = repaired.toLowerCase(Locale.ROOT);
        for (String scheme : List.of("postgresql://", "postgres://", "jdbc:postgresql:")) {
            if (lower.startsWith(scheme)) {
                repaired = scheme + repaired.substring(scheme.length());
            }
        }
        if (lower.startsWith("jdbc:postgres:")) {
            repaired = "jdbc:postgresql:" + repaired.substring("jdbc:postgres:".length());
        } else if (lower.startsWith("jdbc:mariadb:")) {
            repaired = "jdbc:mysql:" + repaired.substring("jdbc:mariadb:".length());
        }
        if (code.equals("INVALID_PERCENT_ENCODING")) {
            repaired = Percent.encodeLone(repaired);
        }
        if (lower.startsWith("mysql") || lower.startsWith("mariadb") || lower.startsWith("jdbc:m")) {
            repaired = repaired.replace("#", "%23");
        }
        boolean parameters = code.equals("UNKNOWN_PARAM") || code.equals("EXTRA_EQUALS_IN_PARAM");
        return parameters && lower.startsWith("postgres") ? query(repaired) : repaired;
    }

    /** Without the parameters of others, and with each value's own equals signs encoded. */
    private static String query(String text) {
        int question = text.indexOf('?', text.lastIndexOf('@') + 1);
        if (question < 0) {
            return text;
        }
        List<String> kept = new ArrayList<>();
        for (String pair : text.substring(question + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!OF_OTHERS.contains(name.toLowerCase(Locale.ROOT))) {
                kept.add(
                        equals < 0
                                ? pair
                                : name + "=" + pair.substring(equals + 1).replace("=", "%3D"));
            }
        }
        return text.substring(0, question) + (kept.isEmpty() ? "" : "?" + String.join("&", kept));
    }

    /** The user ends at the first colon and the password at the last '@' before the query. */
    private static @Nullable Parts lastAt(String text, @Nullable String family) {
        Matcher matcher = SCHEME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String rest = matcher.group(2);
        int question = rest.indexOf('?');
        int at = (question < 0 ? rest : rest.substring(0, question)).lastIndexOf('@');
        if (at < 0) {
            at = rest.lastIndexOf('@');
        }
        if (at < 0) {
            return null;
        }
        String tail = rest.substring(at + 1);
        Parts found = strict(matcher.group(1) + tail, family).strict();
        if (found == null || found.hosts().stream().anyMatch(host -> !isPossible(host))) {
            return null;
        }
        String user = rest.substring(0, at);
        int colon = user.indexOf(':');
        boolean form = text.regionMatches(true, 0, "jdbc:", 0, 5);
        return new Parts(
                found.dialect(),
                ports(found.hosts(), tail),
                found.database(),
                Percent.loose(colon < 0 ? user : user.substring(0, colon), form),
                colon < 0 ? found.password() : Percent.loose(user.substring(colon + 1), form),
                found.sslMode(),
                found.sslRootCert(),
                found.options(),
                found.parameters());
    }

    private static boolean isPossible(HostText host) {
        try {
            HostTexts.refuseImpossible(host.name(), "the host");
            return host.port() == null || host.port().matches("\\d{1,5}");
        } catch (ConfigurationException e) {
            return false;
        }
    }

    /** Only the ports that stand in the text: a driver's default is no part of a guess. */
    private static List<HostText> ports(List<HostText> hosts, String tail) {
        String[] texts = tail.split("[/?]", 2)[0].split(",", -1);
        if (texts.length != hosts.size()) {
            return hosts;
        }
        List<HostText> written = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            HostText host = hosts.get(i);
            written.add(PORT.matcher(texts[i]).matches() ? host : new HostText(host.name(), null));
        }
        return written;
    }
}
