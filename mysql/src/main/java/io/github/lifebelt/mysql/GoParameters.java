package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.Locale;
import java.util.Set;

/**
 * The data source names of Go's driver: {@code app:secret@tcp(h:3306)/shop?tls=true}.
 *
 * <p>Its parameters govern that driver and are dropped; what is none of them is a variable of the session there, and is
 * here as well.
 */
final class GoParameters implements UrlReader.Parameters {

    private static final Set<String> OF_THE_DRIVER = Set.of(
            "allowAllFiles",
            "allowCleartextPasswords",
            "allowFallbackToPlaintext",
            "allowNativePasswords",
            "allowOldPasswords",
            "charset",
            "checkConnLiveness",
            "collation",
            "clientFoundRows",
            "columnsWithAlias",
            "compress",
            "connectionAttributes",
            "enableCompression",
            "interpolateParams",
            "loc",
            "maxAllowedPacket",
            "multiStatements",
            "parseTime",
            "readTimeout",
            "rejectReadOnly",
            "serverPubKey",
            "strict",
            "timeTruncate",
            "timeout",
            "writeTimeout",
            "tls");

    private final UrlReader parts = ParameterNames.reader();
    private final StringBuilder variables = new StringBuilder();

    private GoParameters() {}

    static UrlReading read(String text) {
        GoParameters parameters = new GoParameters();
        parameters.parts.read(Format.GO_DSN, text, parameters);
        return parameters.parts.toReading();
    }

    @Override
    public boolean isKnown(String name) {
        return OF_THE_DRIVER.contains(name);
    }

    @Override
    public void read(Parameter parameter) {
        String name = parameter.name();
        String value = parameter.value();
        if (name.equals("tls")) {
            tls(value);
        } else if (isKnown(name)) {
            parts.parameter(name, value, null, "");
        } else {
            variables
                    .append(variables.isEmpty() ? "" : ",")
                    .append(name)
                    .append('=')
                    .append(value);
            parts.parameter(name, value, "sessionVariables", variables.toString());
        }
    }

    private void tls(String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> parts.sslMode(SslMode.VERIFY_FULL);
            case "false", "0" -> parts.sslMode(SslMode.DISABLE);
            case "skip-verify" -> parts.sslMode(SslMode.REQUIRE);
            case "preferred" -> parts.sslMode(SslMode.PREFER);
            default -> {
                parts.parameter("tls", value, null, "");
                parts.refuse(new ConfigurationException(
                        "UNSUPPORTED_PARAM",
                        "parameter 'tls' names a configuration that the Go program registers; write tls=true, and the"
                                + " roots as ssl-ca of a mysql:// URL"));
            }
        }
    }
}
