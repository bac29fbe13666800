package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SQLAlchemy's URLs for MySQL ({@code mysql+pymysql://}): each of its drivers has words of its own for TLS.
 *
 * <p>{@code ssl_verify_identity} and {@code ssl_check_hostname} ask for the host's name, {@code ssl_verify_cert} for the
 * chain alone.
 */
final class PythonParameters implements UrlReader.Parameters {

    private final UrlReader parts = ParameterNames.reader();
    private @Nullable SslMode asked;
    private boolean hostNameOff;
    private boolean rootGiven;

    private PythonParameters() {}

    static UrlReading read(String text) {
        PythonParameters parameters = new PythonParameters();
        parameters.parts.read(Format.SQLALCHEMY, text, parameters);
        parameters.sslMode();
        return parameters.parts.toReading();
    }

    private void sslMode() {
        if (parts.hasSslMode()) {
            return;
        }
        if (asked != null) {
            parts.sslMode(asked);
        } else if (hostNameOff && rootGiven) {
            parts.sslMode(SslMode.VERIFY_CA);
        }
    }

    @Override
    public boolean isKnown(String name) {
        return ParameterNames.isKnown(name) || name.startsWith("ssl_");
    }

    @Override
    public void read(Parameter parameter) {
        String name = parameter.name();
        String value = parameter.value();
        switch (name) {
            case "ssl_ca", "ssl-ca", "ssl", "ssl_mode", "ssl-mode", "sslmode", "ssl_disabled" -> mode(name, value);
            case "ssl_verify_identity" -> ask(value, SslMode.VERIFY_FULL);
            case "ssl_verify_cert" -> ask(value, SslMode.VERIFY_CA);
            case "ssl_check_hostname" -> {
                ask(value, SslMode.VERIFY_FULL);
                hostNameOff = !WebParameters.isOn(value);
            }
            case "unix_socket" -> {
                parts.setHosts(List.of(value));
                parts.setPorts(List.of());
            }
            case "user" -> parts.user(value);
            case "password", "passwd" -> parts.password(value);
            default -> {
                if (ParameterNames.isOfAnotherPool(name)) {
                    parts.parameter(name, value, null, "");
                } else {
                    parts.parameter(name, value);
                }
            }
        }
    }

    private void mode(String name, String value) {
        try {
            switch (name) {
                case "ssl_ca", "ssl-ca" -> {
                    rootGiven = true;
                    parts.sslRootCert(value);
                }
                case "ssl" -> parts.sslMode(ParameterNames.onOrOff(value));
                case "ssl_disabled" -> {
                    if (WebParameters.isOn(value)) {
                        parts.sslMode(SslMode.DISABLE);
                    }
                }
                default -> parts.sslMode(ParameterNames.sslMode(value));
            }
        } catch (ConfigurationException e) {
            parts.sslMode(value, e);
        }
    }

    private void ask(String value, SslMode mode) {
        if (WebParameters.isOn(value)) {
            asked = WebParameters.stronger(mode, asked);
        }
    }
}
