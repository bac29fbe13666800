package io.github.lifebelt.postgres;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The URLs of frameworks in other languages: SQLAlchemy's ({@code postgresql+psycopg://}), and those of Django
 * ({@code postgis://}, {@code pgsql://}, {@code psql://}, ...).
 *
 * <p>Most of their parameters are libpq's. What governs their own pools and drivers is dropped; the rest is the driver's
 * to know.
 */
final class FrameworkUrl implements UrlReader.Parameters {

    static final List<String> SCHEMES =
            List.of("postgis:", "pgsql:", "psql:", "timescale:", "timescaledb:", "timescalegis:", "redshift:");

    private static final Set<String> OF_THEIR_OWN = Set.of(
            "pool",
            "pool_size",
            "pool_timeout",
            "pool_recycle",
            "max_overflow",
            "timeout",
            "checkout_timeout",
            "reaping_frequency",
            "idle_timeout",
            "reconnect",
            "encoding",
            "charset",
            "prepared_statements",
            "statement_limit",
            "conn_max_age",
            "conn_health_checks",
            "atomic_requests",
            "disable_server_side_cursors",
            "connection_limit",
            "async_fallback",
            "prepared_statement_cache_size",
            "statement_cache_size",
            "prepared_statement_name_func",
            "executemany_mode",
            "use_native_hstore",
            "min_messages",
            "ssl_require");

    private final UrlReader parts = LibpqParameters.reader();
    private boolean hostsGiven;

    private FrameworkUrl() {}

    static UrlReading read(String text) {
        FrameworkUrl url = new FrameworkUrl();
        url.parts.webUrl(text, text.indexOf("://") + "://".length(), url);
        return url.parts.toReading();
    }

    static UrlReading sqlAlchemy(String text) {
        FrameworkUrl url = new FrameworkUrl();
        url.parts.read(Format.SQLALCHEMY, text, url);
        return url.parts.toReading();
    }

    @Override
    public boolean isKnown(String name) {
        return LibpqParameters.isKnown(name) || OF_THEIR_OWN.contains(name) || DriverProperties.isKnown(name);
    }

    @Override
    public void read(Parameter parameter) {
        String name = parameter.name();
        String value = parameter.value();
        switch (name) {
            case "host" -> host(value);
            case "port" -> parts.setPorts(LibpqParameters.list(value));
            case "dbname" -> parts.database(value);
            case "sslmode" -> LibpqParameters.sslMode(parts, value, false);
            case "ssl" -> ssl(value);
            case "ssl-ca", "ssl_ca", "sslca" -> parts.sslRootCert(value);
            case "schema_search_path", "search_path" -> parts.parameter(name, value, "currentSchema", value);
            default -> {
                if (OF_THEIR_OWN.contains(name)) {
                    parts.parameter(name, value, null, "");
                    if (name.equals("ssl_require") && isOn(value)) {
                        parts.sslMode(SslMode.REQUIRE);
                    }
                } else {
                    LibpqParameters.take(parts, name, value);
                }
            }
        }
    }

    /** Each may have a port of its own; what stands before the database counts no more. */
    private void host(String value) {
        if (!hostsGiven) {
            parts.setHosts(List.of());
            parts.setPorts(List.of());
        }
        hostsGiven = true;
        parts.addHosts(value, "");
    }

    /** asyncpg's: a mode, or a switch. */
    private void ssl(String value) {
        if (isOn(value)) {
            parts.sslMode(SslMode.REQUIRE);
        } else if (Set.of("false", "0", "no", "off").contains(value.toLowerCase(Locale.ROOT))) {
            parts.sslMode(SslMode.DISABLE);
        } else {
            LibpqParameters.sslMode(parts, value, false);
        }
    }

    private static boolean isOn(String value) {
        return Set.of("true", "1", "yes", "on").contains(value.toLowerCase(Locale.ROOT));
    }
}
