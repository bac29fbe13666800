package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import io.github.lifebelt.url.UrlReading.HostText;
import io.github.lifebelt.url.UrlReading.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is remarkable about a finished reading, whatever format it came in. No message shows a part of the text. */
final class Diagnoses {

    // Every offer of Azure's demands at least as many.
    private static final int SHORTEST_ON_AZURE = 8;
    private static final int SHORTEST_MIXED = 4;
    private static final Pattern AZURE =
            Pattern.compile("(?i).+\\.(?:postgres|mysql)\\.(?:database|cosmos)\\.(?:azure\\.com|usgovcloudapi\\.net"
                    + "|chinacloudapi\\.cn)\\.?");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern SECONDS = Pattern.compile("\\s*[+-]?\\d{1,10}\\s*");
    private static final Pattern LOCAL = Pattern.compile("(?i)localhost|127\\..*|::1|");
    private static final List<String> BOUNCER_PORTS = List.of("6432", "8432");
    private static final String ENTRA_PLUGIN = "com.azure.identity.extensions";

    private final Parts parts;
    private final List<Diagnosis> found = new ArrayList<>();

    private Diagnoses(Parts parts) {
        this.parts = parts;
    }

    static List<Diagnosis> of(Parts parts, List<Diagnosis> notes) {
        Diagnoses diagnoses = new Diagnoses(parts);
        diagnoses.found.addAll(notes);
        diagnoses.hosts();
        diagnoses.credentials();
        diagnoses.rest();
        return diagnoses.found;
    }

    /** Why it leads nowhere is one of them. */
    static List<Diagnosis> with(List<Diagnosis> found, ConfigurationException why) {
        List<Diagnosis> all = new ArrayList<>(found);
        if (found.stream().noneMatch(one -> one.code().equals(why.code()))) {
            all.add(new Diagnosis(why.code(), why.detail()));
        }
        return all;
    }

    private void hosts() {
        for (HostText host : parts.hosts()) {
            impossible(host);
            if (host.name().startsWith("/")) {
                add(
                        "UNIX_SOCKET_HOST",
                        "the host is a Unix socket, to which JDBC drivers cannot connect: give a host name");
                if (host.name().contains("/cloudsql/")) {
                    add(
                            "GCP_CLOUDSQL_SOCKET",
                            "the socket is that of Cloud SQL's proxy: give the instance's address, or run the proxy with a"
                                    + " TCP port");
                }
            }
            if (parts.dialect().equals("postgresql") && host.port() != null && BOUNCER_PORTS.contains(host.port())) {
                add(
                        "PGBOUNCER_PORT",
                        "the port is PgBouncer's by custom: prepared statements and sessions end with each"
                                + " transaction there");
            }
        }
    }

    private void impossible(HostText host) {
        @Nullable String port = host.port();
        boolean portAt = port != null && port.indexOf('@') >= 0;
        boolean nameAt = host.name().indexOf('@') >= 0;
        String database = parts.database();
        if (nameAt && has("USERINFO_IN_JDBC_URL")) {
            add("HOST_INVALID", "the host has an '@' in it, which no host name has");
        } else if (nameAt || portAt) {
            add("UNENCODED_AT", "a user name or password has an '@' in it that is not written %40");
            if (nameAt) {
                add("HOST_INVALID", "the host has an '@' in it, which no host name has");
            }
        } else if (database != null && database.indexOf('@') >= 0 && !plausible(port)) {
            if (parts.user() == null) {
                add("UNENCODED_SLASH", "a '/' in the password ended the host too early: it is written %2F");
            } else {
                add("UNENCODED_AT", "an '@' in the password ended it too early: it is written %40");
            }
        } else {
            odd(host.name());
        }
        if (!plausible(port)) {
            add("PORT_NOT_NUMERIC", "what stands after the ':' of a host is not a number");
        } else if (port != null
                && (port.length() > 5 || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
            add("PORT_OUT_OF_RANGE", "ports are 1 to 65535");
        }
    }

    private void odd(String name) {
        try {
            HostTexts.refuseImpossible(name, "the host");
        } catch (ConfigurationException e) {
            add("HOST_INVALID", "a host has a character in it that no host name has");
        }
    }

    private static boolean plausible(@Nullable String port) {
        return port == null || NUMBER.matcher(port).matches();
    }

    private void credentials() {
        String user = parts.user();
        if (user != null && isSingleServerName(user)) {
            add(
                    "AZURE_SINGLE_SERVER_USERNAME",
                    "user@server was the form of Azure's single server; a flexible server wants the user alone");
        }
        String password = parts.password();
        if (password == null) {
            return;
        }
        if (password.isEmpty()) {
            add("EMPTY_PASSWORD", "the password is there and empty: was a variable not set?");
            return;
        }
        boolean azure = parts.hosts().stream().anyMatch(host -> isAzure(host.name()));
        if (Unresolved.of(password) == null && isShort(password, azure)) {
            add(
                    "PASSWORD_SUSPICIOUSLY_SHORT",
                    "the password is shorter than such passwords are: a shell or a .env file drops what follows a '$'."
                            + " Write it in single quotes, or %24 in a URI");
        }
    }

    private boolean isSingleServerName(String user) {
        int at = user.lastIndexOf('@');
        if (at < 1 || at == user.length() - 1) {
            return false;
        }
        String server = user.substring(at + 1).toLowerCase(Locale.ROOT);
        return parts.hosts().stream()
                .map(host -> host.name().toLowerCase(Locale.ROOT))
                .anyMatch(host -> isAzure(host) || host.startsWith(server + "."));
    }

    /** Whoever mixes upper and lower case follows a rule: Azure's, or one that is not content with a few characters. */
    private static boolean isShort(String password, boolean azure) {
        return password.chars().anyMatch(Character::isUpperCase)
                && password.chars().anyMatch(Character::isLowerCase)
                && password.length() < (azure ? SHORTEST_ON_AZURE : SHORTEST_MIXED);
    }

    static boolean isAzure(String host) {
        return AZURE.matcher(host).matches();
    }

    private void rest() {
        Unresolved.notes(parts).forEach(note -> add(note.code(), note.message()));
        if (parts.database() == null && !parts.hosts().isEmpty() && !has("PORT_NOT_NUMERIC")) {
            add("DATABASE_MISSING", "no database is named; the server takes one by the user's name, or none");
        }
        // Who writes sslmode=disable knows; useSSL=false is copied from answers to another question.
        if ("disable".equals(parts.sslMode())
                && parts.parameters().containsKey("useSSL")
                && parts.hosts().stream()
                        .anyMatch(host -> !LOCAL.matcher(host.name()).matches())) {
            add("TLS_DISABLED", "TLS is switched off: password and data would be readable on the way");
        }
        String seconds = parts.parameters().get("connect_timeout");
        if (seconds != null && !seconds.isEmpty() && !SECONDS.matcher(seconds).matches()) {
            add("TIMEOUT_NOT_INTEGER", "connect_timeout is a whole number of seconds, without a unit");
        }
        if (parts.parameters().values().stream().anyMatch(value -> value.contains(ENTRA_PLUGIN))) {
            add(
                    "ENTRA_TOKEN_AUTH",
                    "a plug-in of the driver fetches Entra tokens; with Lifebelt a credentials provider does, once for each"
                            + " connect");
        }
    }

    private boolean has(String code) {
        return found.stream().anyMatch(one -> one.code().equals(code));
    }

    private void add(String code, String message) {
        if (!has(code)) {
            found.add(new Diagnosis(code, message));
        }
    }
}
