package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which database an ADO.NET connection string is for, which it does not say. */
final class AdoNetFamily {

    private static final Set<String> NPGSQL_ONLY = Set.of(
            "psw",
            "passfile",
            "ssl negotiation",
            "sslnegotiation",
            "root certificate",
            "channel binding",
            "search path",
            "target session attributes",
            "timezone",
            "max auto prepare",
            "trust server certificate",
            "ssl certificate",
            "include error detail",
            "no reset on close",
            "cancellation timeout",
            "options",
            "client encoding",
            "encoding",
            "kerberos service name",
            "krbsrvname",
            "require auth",
            "gss encryption mode",
            "tcp keepalive",
            "multiplexing",
            "application name",
            "timeout",
            "command timeout",
            "load balance hosts",
            "connection idle lifetime",
            "server compatibility mode",
            "username",
            "userid");
    private static final Set<String> MYSQL_ONLY = Set.of(
            "ssl ca",
            "sslca",
            "ssl-ca",
            "cacertificatefile",
            "ca certificate file",
            "certificate file",
            "certificatefile",
            "allow public key retrieval",
            "allowpublickeyretrieval",
            "allow user variables",
            "allowuservariables",
            "convert zero datetime",
            "allow zero datetime",
            "character set",
            "charset",
            "default command timeout",
            "treat tiny as boolean",
            "treattinyasboolean",
            "connection protocol",
            "protocol",
            "server redirection mode",
            "guid format",
            "oldguids",
            "old guids",
            "dns check interval",
            "tls version",
            "sslcert",
            "ssl cert",
            "sslkey",
            "use affected rows",
            "allow load local infile",
            "user",
            "pipe name",
            "server rsa public key file",
            "use compression",
            "network address",
            "addr",
            "address",
            "connection reset");

    private AdoNetFamily() {}

    static String of(String text, @Nullable String family) {
        if (family != null) {
            return family;
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        try {
            AdoNetGrammar.pairs(text).forEach(pair -> pairs.put(pair.name(), pair.value()));
        } catch (ConfigurationException e) {
            // What there is to refuse is the same in both families.
            return FamilyHints.POSTGRES;
        }
        String host =
                first(pairs, "server", "host", "data source", "datasource").toLowerCase(Locale.ROOT);
        Formats.refuseSqlServer(pairs.keySet(), host);
        String port = first(pairs, "port");
        String found = FamilyHints.byHost(host);
        found = found == null
                ? FamilyHints.byPort(port.isEmpty() ? host.substring(host.lastIndexOf(':') + 1) : port)
                : found;
        found = found == null ? byKeys(pairs) : found;
        found = found == null ? FamilyHints.byPresence() : found;
        if (found == null) {
            throw new ConfigurationException(
                    "DIALECT_AMBIGUOUS",
                    "an ADO.NET connection string does not say whether it is for PostgreSQL or MySQL, and neither host, port"
                            + " nor keys of this one tell: add Port=5432 or Port=3306, set it in a variable"
                            + " POSTGRESQLCONNSTR_... or MYSQLCONNSTR_..., or write a URL");
        }
        return found;
    }

    private static String first(Map<String, String> pairs, String... names) {
        for (String name : names) {
            String value = pairs.get(name);
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    private static @Nullable String byKeys(Map<String, String> pairs) {
        String mode = first(pairs, "ssl mode", "sslmode").toLowerCase(Locale.ROOT);
        boolean postgres = pairs.keySet().stream().anyMatch(NPGSQL_ONLY::contains)
                || Set.of("disable", "allow", "prefer", "require").contains(mode);
        boolean mysql = pairs.keySet().stream().anyMatch(MYSQL_ONLY::contains)
                || Set.of("none", "disabled", "preferred", "required").contains(mode);
        if (postgres == mysql) {
            return pairs.containsKey("data source") || pairs.containsKey("datasource") ? FamilyHints.MYSQL : null;
        }
        return postgres ? FamilyHints.POSTGRES : FamilyHints.MYSQL;
    }
}
