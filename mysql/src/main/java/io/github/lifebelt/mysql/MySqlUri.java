package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.ParameterNames.Meaning;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * URIs as MySQL Shell, and the platforms that set {@code DATABASE_URL}, write them.
 *
 * <pre>{@code
 * mysql://[user[:password]@][host[:port]][,host[:port]...][/database][?name=value[&...]]
 * }</pre>
 *
 * <p>Each part is percent-encoded as in any URI: {@code +} is itself, and {@code #} would end the text. The parameters are
 * those of MySQL's clients for TLS ({@code ssl-mode}, {@code ssl-ca}) and the properties of Connector/J; what governs the
 * pools of web frameworks is dropped. Where there is more than one {@code @}, programs differ about which one ends the
 * password, and that is refused rather than guessed.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html">MySQL: URI-like
 *     connection strings</a>
 */
final class MySqlUri implements UrlReader.Parameters {

    static final List<String> SCHEMES =
            List.of("mysql:", "mariadb:", "mysql2:", "trilogy:", "mysql-connector:", "mysqlgis:");

    private final UrlReader parts = ParameterNames.reader();

    private MySqlUri() {}

    /** What web frameworks read in it, and what can be connected to. */
    static UrlReading read(String url) {
        try {
            return WebParameters.read(url, () -> parse(url));
        } catch (ConfigurationException e) {
            // What it refuses itself, it refuses in better words.
            parse(url);
            throw e;
        }
    }

    private static DatabaseUrl parse(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        for (String name : SCHEMES) {
            String scheme = name + "//";
            if (lower.startsWith(scheme)) {
                ParameterNames.refuseFragment(url);
                MySqlUri uri = new MySqlUri();
                uri.parts.uri(url, scheme.length(), uri);
                return uri.parts.toUrl();
            }
        }
        throw new ConfigurationException(
                "UNRECOGNISED_FORMAT",
                "the database URL does not begin with mysql:// or mariadb:// (without quotes or a command before it), nor"
                        + " with jdbc:mysql://");
    }

    @Override
    public boolean isKnown(String name) {
        return ParameterNames.isKnown(name);
    }

    @Override
    public void read(Parameter parameter) {
        String name = parameter.name();
        if (!isKnown(name)) {
            throw ParameterNames.unknown(
                    parameter.shown(), parameter.mayBeSecret() ? "" : DriverProperties.didYouMean(name));
        }
        parameter(name, parameter.value());
    }

    private void parameter(String name, String value) {
        if (ParameterNames.isOfAnotherPool(name)) {
            return;
        }
        @Nullable Meaning meaning = ParameterNames.meaning(name);
        if (meaning == null) {
            parts.parameter(name, value);
            return;
        }
        switch (meaning) {
            case USER -> parts.user(value);
            case PASSWORD -> parts.password(value);
            case SSL_MODE -> parts.sslMode(ParameterNames.sslMode(value));
            case SSL -> parts.sslMode(ParameterNames.onOrOff(value));
            case ROOT_CERTIFICATE -> parts.sslRootCert(value);
            case PRISMA -> parts.sslMode(ParameterNames.prisma(value));
        }
    }
}
