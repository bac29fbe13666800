package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.List;

/**
 * libpq's connection URIs, read as libpq reads them.
 *
 * <pre>{@code
 * postgresql://[user[:password]@][host[:port]][,host[:port]...][/dbname][?param=value[&...]]
 * }</pre>
 *
 * <p>Follows {@code conninfo_uri_parse_options} and {@code conninfo_uri_parse_params} in PostgreSQL's fe-connect.c: the
 * scheme is compared with regard to case; the user's part ends at the first {@code @} before any {@code /}; {@code +}
 * and {@code #} are themselves; query parameters override what stood before; the last of two wins; unknown ones are
 * errors. What libpq finds out only when it connects is refused as well: ports, {@code sslmode}, and hosts that cannot be
 * because a password was not encoded.
 */
final class LibpqUri implements UrlReader.Parameters {

    private final UrlReader parts = LibpqParameters.reader();

    private LibpqUri() {}

    static UrlReading read(String url) {
        for (String scheme : List.of("postgresql://", "postgres://")) {
            if (url.startsWith(scheme)) {
                LibpqUri uri = new LibpqUri();
                uri.parts.uri(url, scheme.length(), uri);
                return uri.parts.toReading();
            }
        }
        throw new ConfigurationException(
                "UNRECOGNISED_FORMAT",
                "the database URL does not begin with postgresql:// or postgres:// (in lower case, without quotes or a"
                        + " command before it), nor with jdbc:postgresql:");
    }

    @Override
    public boolean isKnown(String name) {
        return LibpqParameters.isKnown(name);
    }

    @Override
    public void read(Parameter parameter) {
        if (parameter.raw().indexOf('=') >= 0) {
            throw new ConfigurationException(
                    "EXTRA_EQUALS_IN_PARAM",
                    "parameter " + parameter.shown() + " has a second '=': in a value it is written %3D, for example"
                            + " options=endpoint%3Dep-name");
        }
        if (parameter.name().equals("ssl")) {
            // libpq knows this one spelling of JDBC's, and no other value of it.
            if (!parameter.value().equals("true")) {
                throw LibpqParameters.unknown("ssl", "write sslmode=require or sslmode=disable");
            }
            parts.sslMode(SslMode.REQUIRE);
        } else {
            LibpqParameters.read(parts, parameter);
        }
    }
}
