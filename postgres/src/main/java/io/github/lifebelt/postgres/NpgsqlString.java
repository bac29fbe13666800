package io.github.lifebelt.postgres;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Npgsql's connection strings, as Azure hands them to .NET: {@code Server=h;Port=5432;Database=orders;User Id=app}.
 *
 * <p>Keys have synonyms and count in any case, with the blanks in them or without. What governs Npgsql's own pool is
 * dropped.
 *
 * @see <a href="https://www.npgsql.org/doc/connection-string-parameters.html">Npgsql: connection string parameters</a>
 */
final class NpgsqlString implements UrlReader.Parameters {

    private static final Set<String> OWN = Set.of(
            "host",
            "server",
            "port",
            "database",
            "db",
            "username",
            "userid",
            "uid",
            "password",
            "psw",
            "pwd",
            "sslmode",
            "rootcertificate",
            "options");

    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("applicationname", "ApplicationName"),
            Map.entry("searchpath", "currentSchema"),
            Map.entry("timeout", "connect_timeout"),
            Map.entry("targetsessionattributes", "target_session_attrs"),
            Map.entry("loadbalancehosts", "load_balance_hosts"),
            Map.entry("channelbinding", "channel_binding"),
            Map.entry("sslnegotiation", "sslnegotiation"),
            Map.entry("requireauth", "require_auth"),
            Map.entry("passfile", "passfile"),
            Map.entry("sslcertificate", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("kerberosservicename", "krbsrvname"),
            Map.entry("krbsrvname", "krbsrvname"),
            Map.entry("gssencryptionmode", "gssencmode"),
            Map.entry("hostrecheckseconds", "hostRecheckSeconds"),
            Map.entry("replicationmode", "replication"));

    private static final Set<String> DROPPED = Set.of(
            "enlist",
            "clientencoding",
            "encoding",
            "timezone",
            "trustservercertificate",
            "checkcertificaterevocation",
            "includerealm",
            "persistsecurityinfo",
            "logparameters",
            "includeerrordetail",
            "includeerrordetails",
            "includefailedbatchedcommand",
            "pooling",
            "minimumpoolsize",
            "minpoolsize",
            "maximumpoolsize",
            "maxpoolsize",
            "connectionidlelifetime",
            "connectionpruninginterval",
            "connectionlifetime",
            "loadbalancetimeout",
            "commandtimeout",
            "internalcommandtimeout",
            "cancellationtimeout",
            "keepalive",
            "tcpkeepalive",
            "tcpkeepalivetime",
            "tcpkeepaliveinterval",
            "readbuffersize",
            "writebuffersize",
            "socketreceivebuffersize",
            "socketsendbuffersize",
            "maxautoprepare",
            "autoprepareminusages",
            "noresetonclose",
            "loadtablecomposites",
            "arraynullabilitymode",
            "multiplexing",
            "writecoalescingbufferthresholdbytes",
            "servercompatibilitymode",
            "convertinfinitydatetime",
            "entityadmindatabase",
            "entitytemplatedatabase",
            "usesslstream",
            "useperfcounters",
            "buffersize",
            "integratedsecurity",
            "kerberosrealm",
            "connectiontimeout",
            "preloadreader");

    private final UrlReader parts = LibpqParameters.reader();
    private @Nullable String hosts;
    private String port = "";

    private NpgsqlString() {}

    static UrlReading read(String text) {
        NpgsqlString string = new NpgsqlString();
        string.parts.read(Format.ADO_NET, text, string);
        if (string.hosts != null) {
            string.parts.addHosts(string.hosts, string.port);
        } else if (!string.port.isEmpty()) {
            string.parts.addHost("", string.port);
        }
        return string.parts.toReading();
    }

    private static String bare(String key) {
        return key.toLowerCase(Locale.ROOT).replace(" ", "");
    }

    @Override
    public boolean isKnown(String name) {
        String bare = bare(name);
        return OWN.contains(bare) || RENAMED.containsKey(bare) || DROPPED.contains(bare);
    }

    @Override
    public void read(Parameter parameter) {
        if (!isKnown(parameter.name())) {
            throw LibpqParameters.unknownKey(parameter.shown());
        }
        String value = parameter.value();
        String bare = bare(parameter.name());
        switch (bare) {
            case "host", "server" -> hosts = value;
            case "port" -> port = value;
            case "database", "db" -> parts.database(value);
            case "username", "userid", "uid" -> parts.user(value);
            case "password", "psw", "pwd" -> parts.password(value);
            case "sslmode" -> sslMode(value);
            case "rootcertificate" -> parts.sslRootCert(value);
            case "options" -> parts.options(value);
            default -> parts.parameter(parameter.name(), value, RENAMED.get(bare), driverValue(bare, value));
        }
    }

    private static String driverValue(String key, String value) {
        return switch (key) {
            case "targetsessionattributes", "channelbinding", "sslnegotiation", "gssencryptionmode" ->
                value.toLowerCase(Locale.ROOT);
            case "loadbalancehosts" -> value.equalsIgnoreCase("true") ? "random" : "disable";
            default -> value;
        };
    }

    private void sslMode(String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "verifyca" -> parts.sslMode(SslMode.VERIFY_CA);
            case "verifyfull" -> parts.sslMode(SslMode.VERIFY_FULL);
            default -> LibpqParameters.sslMode(parts, value, true);
        }
    }
}
