package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
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
 * The connection strings of MySqlConnector and of Oracle's Connector/NET, as Azure hands them to .NET:
 * {@code Server=h;Port=3306;Database=shop;User Id=app}.
 *
 * <p>Keys have synonyms and count in any case, with the blanks in them or without. What governs their own pools is dropped.
 *
 * @see <a href="https://mysqlconnector.net/connection-options/">MySqlConnector: connection options</a>
 */
final class MySqlConnectorString implements UrlReader.Parameters {

    private static final Set<String> HOST =
            Set.of("server", "host", "datasource", "address", "addr", "networkaddress", "servername");
    private static final Set<String> USER = Set.of("userid", "username", "uid", "user");
    private static final Set<String> PASSWORD = Set.of("password", "pwd");
    private static final Set<String> DATABASE = Set.of("database", "initialcatalog");
    private static final Set<String> ROOTS = Set.of("sslca", "cacertificatefile");
    private static final Set<String> OWN = Set.of("port", "sslmode");

    private static final Map<String, String> RENAMED = Map.of(
            "allowpublickeyretrieval", "allowPublicKeyRetrieval",
            "serverrsapublickeyfile", "serverRSAPublicKeyFile",
            "characterset", "charset",
            "charset", "charset",
            "useaffectedrows", "useAffectedRows",
            "sslcert", "ssl-cert",
            "sslkey", "ssl-key",
            "certificatefile", "ssl-cert",
            "certificatepassword", "ssl-key");

    private static final Set<String> DROPPED = Set.of(
            "connectionprotocol",
            "protocol",
            "pipename",
            "pipe",
            "sharedmemoryname",
            "certificatestorelocation",
            "certificatestore",
            "certificatethumbprint",
            "tlsversion",
            "tlsciphersuites",
            "connectiontimeout",
            "connecttimeout",
            "defaultcommandtimeout",
            "commandtimeout",
            "canceltimeout",
            "cancellationtimeout",
            "keepalive",
            "connectionlifetime",
            "connectionidletimeout",
            "connectionidlepingtime",
            "connectionreset",
            "pooling",
            "deferconnectionreset",
            "minimumpoolsize",
            "minpoolsize",
            "maximumpoolsize",
            "maxpoolsize",
            "loadbalance",
            "dnscheckinterval",
            "serverredirectionmode",
            "allowloadlocalinfile",
            "allowuservariables",
            "allowzerodatetime",
            "applicationname",
            "autoenlist",
            "convertzerodatetime",
            "datetimekind",
            "guidformat",
            "ignorecommandtransaction",
            "ignoreprepare",
            "interactivesession",
            "interactive",
            "nobackslashescapes",
            "oldguids",
            "persistsecurityinfo",
            "pipelining",
            "treattinyasboolean",
            "usecompression",
            "compress",
            "usexatransactions",
            "respectbinaryflags",
            "functionsreturnstring",
            "tableCaching",
            "useusageadvisor",
            "useperformancemonitor",
            "logging",
            "sqlservermode",
            "procedurecachesize",
            "usedefaultcommandtimeoutforef",
            "integratedsecurity",
            "checkparameters",
            "allowbatch",
            "treatblobsasutf8",
            "encrypt",
            "cacheserverproperties",
            "replication",
            "defaultauthenticationplugin",
            "kerberosauthmode",
            "exceptioninterceptors",
            "commandinterceptors",
            "dnssrv",
            "dns-srv");

    private final UrlReader parts = ParameterNames.reader();
    private @Nullable String hosts;
    private String port = "";

    private MySqlConnectorString() {}

    static UrlReading read(String text) {
        MySqlConnectorString string = new MySqlConnectorString();
        string.parts.read(Format.ADO_NET, text, string);
        if (string.hosts != null) {
            string.parts.addHosts(string.hosts, string.port);
        } else if (!string.port.isEmpty()) {
            string.parts.addHost("", string.port);
        }
        return string.parts.toReading();
    }

    private static String bare(String key) {
        return key.toLowerCase(Locale.ROOT).replace(" ", "").replace("-", "").replace("_", "");
    }

    @Override
    public boolean isKnown(String name) {
        String bare = bare(name);
        return HOST.contains(bare)
                || USER.contains(bare)
                || PASSWORD.contains(bare)
                || DATABASE.contains(bare)
                || ROOTS.contains(bare)
                || OWN.contains(bare)
                || RENAMED.containsKey(bare)
                || DROPPED.contains(bare);
    }

    @Override
    public void read(Parameter parameter) {
        if (!isKnown(parameter.name())) {
            throw new ConfigurationException(
                    "UNKNOWN_PARAM",
                    "MySqlConnector has no key " + parameter.shown()
                            + "; a value with a ';' in it is written in quotes, Password='...'");
        }
        String value = parameter.value();
        String bare = bare(parameter.name());
        if (HOST.contains(bare)) {
            hosts = value;
        } else if (USER.contains(bare)) {
            parts.user(value);
        } else if (PASSWORD.contains(bare)) {
            parts.password(value);
        } else if (DATABASE.contains(bare)) {
            parts.database(value);
        } else if (ROOTS.contains(bare)) {
            parts.sslRootCert(value);
        } else if (bare.equals("port")) {
            port = value;
        } else if (bare.equals("sslmode")) {
            sslMode(value);
        } else {
            parts.parameter(parameter.name(), value, RENAMED.get(bare), value);
        }
    }

    private void sslMode(String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "none" -> parts.sslMode(SslMode.DISABLE);
            case "verifyca" -> parts.sslMode(SslMode.VERIFY_CA);
            case "verifyfull" -> parts.sslMode(SslMode.VERIFY_FULL);
            default -> {
                try {
                    parts.sslMode(ParameterNames.sslMode(value));
                } catch (ConfigurationException e) {
                    parts.sslMode(value, e);
                }
            }
        }
    }
}
