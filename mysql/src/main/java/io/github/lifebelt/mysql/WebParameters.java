package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.ParameterNames.Meaning;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@code mysql://} URL says by the rules of the frameworks that it is written for. They take any parameter. */
final class WebParameters implements UrlReader.Parameters {

    private final UrlReader parts = ParameterNames.reader();

    private WebParameters() {}

    static UrlReading read(String text, Supplier<DatabaseUrl> meaning) {
        WebParameters parameters = new WebParameters();
        int start = text.indexOf("://");
        if (start < 0) {
            throw new ConfigurationException(
                    "UNRECOGNISED_FORMAT", "behind the scheme of a MySQL URL stand two slashes");
        }
        parameters.parts.webUrl(text, start + "://".length(), parameters);
        return parameters.parts.toReading(meaning);
    }

    @Override
    public boolean isKnown(String name) {
        return ParameterNames.isKnown(name);
    }

    @Override
    public void read(Parameter parameter) {
        String name = parameter.name();
        String value = parameter.value();
        @Nullable Meaning meaning = ParameterNames.meaning(name);
        if (meaning == null) {
            parts.parameter(name, value);
            return;
        }
        try {
            switch (meaning) {
                case USER -> parts.user(value);
                case PASSWORD -> parts.password(value);
                case SSL_MODE -> parts.sslMode(ParameterNames.sslMode(value));
                case SSL -> parts.sslMode(ParameterNames.onOrOff(value));
                case ROOT_CERTIFICATE -> parts.sslRootCert(value);
                case PRISMA -> {
                    parts.parameter(name, value);
                    parts.correctedSslMode(ParameterNames.prisma(value));
                }
            }
        } catch (ConfigurationException e) {
            parts.sslMode(value, e);
        }
    }

    static boolean isOn(String value) {
        return value.equalsIgnoreCase("true") || value.equals("1") || value.equalsIgnoreCase("yes");
    }

    static SslMode stronger(SslMode mode, @Nullable SslMode other) {
        return other == null || mode.compareTo(other) > 0 ? mode : other;
    }
}
