package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.ParameterNames.Meaning;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Parameter;
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
 * those of MySQL's clients for TLS ({@code ssl-mode}, {@code ssl-ca}) and the properties of Connector/J. The user's part
 * ends at the first {@code @}; where there is more than one, the password was not encoded, and that is refused rather
 * than guessed.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html">MySQL: URI-like
 *     connection strings</a>
 */
final class MySqlUri implements UrlReader.Parameters {

    static final String MYSQL = "mysql:";
    static final String MARIADB = "mariadb:";

    private final UrlReader parts = ParameterNames.reader();

    private MySqlUri() {}

    static DatabaseUrl parse(String url) {
        UrlReader.refuseTrailingBlank(url);
        String lower = url.toLowerCase(Locale.ROOT);
        for (String scheme : List.of(MYSQL + "//", MARIADB + "//")) {
            if (lower.startsWith(scheme)) {
                UrlReader.refuseFragment(url);
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
        @Nullable Meaning meaning = ParameterNames.meaning(name);
        if (meaning == null) {
            parts.parameter(name, value);
            return;
        }
        switch (meaning) {
            case USER -> parts.user(value);
            case PASSWORD -> parts.password(value);
            case SSL_MODE -> parts.sslMode(ParameterNames.sslMode(value));
            case SSL -> parts.sslMode(onOrOff(value));
            case ROOT_CERTIFICATE -> parts.sslRootCert(value);
        }
    }

    private static SslMode onOrOff(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> SslMode.REQUIRE;
            case "false", "0" -> SslMode.DISABLE;
            default ->
                throw new ConfigurationException(
                        "INVALID_PARAM",
                        "parameter 'ssl' has another value than allowed: true, false; ssl-mode=VERIFY_IDENTITY says more");
        };
    }
}
