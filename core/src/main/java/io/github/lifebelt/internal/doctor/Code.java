package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Severity;
import java.util.Arrays;
import java.util.Optional;

/**
 * All that the doctor can find, beside what the reading of a connection string and of settings has codes of its own for.
 * {@code ERRORS.md} has a paragraph for each.
 */
public enum Code {
    PASSWORD_MISSING(Layer.SECRET, Severity.INFO),
    PASSWORD_HAS_BLANKS(Layer.SECRET, Severity.WARNING),
    PASSWORD_IN_QUOTES(Layer.SECRET, Severity.WARNING),
    PASSWORD_PERCENT_ENCODED(Layer.SECRET, Severity.WARNING),
    CREDENTIALS_UNAVAILABLE(Layer.SECRET, Severity.ERROR),

    UNKNOWN_HOST(Layer.DNS, Severity.ERROR),
    HOST_PARTLY_UNKNOWN(Layer.DNS, Severity.WARNING),
    PRIVATE_LINK_NAME(Layer.DNS, Severity.WARNING),
    DNS_CACHED_TOO_LONG(Layer.DNS, Severity.WARNING),

    TCP_REFUSED(Layer.TCP, Severity.ERROR),
    TCP_TIMED_OUT(Layer.TCP, Severity.ERROR),
    TCP_UNREACHABLE(Layer.TCP, Severity.ERROR),
    HOST_PARTLY_UNREACHABLE(Layer.TCP, Severity.WARNING),
    CONNECTION_RESET(Layer.TCP, Severity.ERROR),
    CONNECTION_CLOSED(Layer.TCP, Severity.ERROR),
    SERVER_SILENT(Layer.TCP, Severity.ERROR),
    WRONG_PROTOCOL(Layer.TCP, Severity.ERROR),

    TLS_NOT_VERIFIED(Layer.TLS, Severity.WARNING),
    TLS_ROOTS_MISSING(Layer.TLS, Severity.ERROR),
    SSL_KEY_READABLE(Layer.TLS, Severity.WARNING),
    TLS_CERTIFICATE_EXPIRES_SOON(Layer.TLS, Severity.WARNING),
    TLS_CERTIFICATE_EXPIRED(Layer.TLS, Severity.ERROR),
    TLS_CERTIFICATE_NOT_YET_VALID(Layer.TLS, Severity.ERROR),
    TLS_WRONG_HOST(Layer.TLS, Severity.ERROR),
    TLS_UNKNOWN_AUTHORITY(Layer.TLS, Severity.ERROR),
    TLS_SELF_SIGNED(Layer.TLS, Severity.ERROR),
    TLS_CHAIN_REFUSED(Layer.TLS, Severity.ERROR),
    TLS_NOT_OFFERED(Layer.TLS, Severity.ERROR),
    TLS_REQUIRED(Layer.TLS, Severity.ERROR),
    TLS_REQUIRED_FOR_LOGIN(Layer.TLS, Severity.ERROR),
    TLS_CLIENT_CERTIFICATE(Layer.TLS, Severity.ERROR),
    TLS_NO_COMMON_VERSION(Layer.TLS, Severity.ERROR),
    TLS_NOT_SPOKEN(Layer.TLS, Severity.ERROR),
    TLS_FAILED(Layer.TLS, Severity.ERROR),

    AUTH_REJECTED(Layer.AUTH, Severity.ERROR),
    AUTH_NO_PASSWORD(Layer.AUTH, Severity.ERROR),
    AUTH_USER_AT_SERVER(Layer.AUTH, Severity.ERROR),
    AUTH_TOKEN_EXPIRED(Layer.AUTH, Severity.ERROR),
    AUTH_TOKEN_AUDIENCE(Layer.AUTH, Severity.ERROR),
    AUTH_TOKEN_REJECTED(Layer.AUTH, Severity.ERROR),
    AUTH_LOGIN_NOT_ALLOWED(Layer.AUTH, Severity.ERROR),
    AUTH_ACCOUNT_LOCKED(Layer.AUTH, Severity.ERROR),
    AUTH_PASSWORD_EXPIRED(Layer.AUTH, Severity.ERROR),
    AUTH_ADDRESS_NOT_ALLOWED(Layer.AUTH, Severity.ERROR),
    AUTH_METHOD(Layer.AUTH, Severity.ERROR),
    AUTH_HOST_BLOCKED(Layer.AUTH, Severity.ERROR),

    DATABASE_NOT_FOUND(Layer.SERVER, Severity.ERROR),
    DATABASE_NOT_ALLOWED(Layer.SERVER, Severity.ERROR),
    DATABASE_CLOSED(Layer.SERVER, Severity.ERROR),
    ENDPOINT_OPTION(Layer.SERVER, Severity.ERROR),
    SERVER_STARTING(Layer.SERVER, Severity.ERROR),
    SERVER_STOPPING(Layer.SERVER, Severity.ERROR),
    SERVER_TAKES_NO_CLIENTS(Layer.SERVER, Severity.ERROR),
    SERVER_FULL(Layer.SERVER, Severity.ERROR),
    SERVER_USER_LIMIT(Layer.SERVER, Severity.ERROR),
    SERVER_ROLE(Layer.SERVER, Severity.ERROR),
    SERVER_SETTING_UNKNOWN(Layer.SERVER, Severity.ERROR),
    SERVER_OPTIONS_REFUSED(Layer.SERVER, Severity.ERROR),
    STARTUP_PARAMETER_REFUSED(Layer.SERVER, Severity.ERROR),
    POOLER_WITHOUT_SERVER(Layer.SERVER, Severity.ERROR),
    LOGIN_FAILED(Layer.SERVER, Severity.ERROR),
    SERVER_READ_ONLY(Layer.SERVER, Severity.WARNING),
    SERVER_HEARD_NOTHING(Layer.SERVER, Severity.ERROR),
    CONNECTION_POOLER(Layer.SERVER, Severity.INFO),
    PREPARED_STATEMENTS_BEHIND_POOLER(Layer.SERVER, Severity.WARNING),
    COMMIT_NOT_DURABLE(Layer.SERVER, Severity.WARNING),
    CLOCK_SKEW(Layer.SERVER, Severity.WARNING),
    TOKEN_TABLE_MISSING(Layer.SERVER, Severity.INFO),
    FLEET_TOO_BIG(Layer.SERVER, Severity.WARNING),

    POOL_TOO_BIG(Layer.POOL, Severity.WARNING),
    KEEPALIVE_TOO_SLOW(Layer.POOL, Severity.WARNING),
    KEEPALIVE_OFF(Layer.POOL, Severity.INFO),
    RECYCLE_ABOVE_IDLE_TIMEOUT(Layer.POOL, Severity.WARNING),
    BORROW_BELOW_CONNECT(Layer.POOL, Severity.WARNING),
    PRE_PING_OFF(Layer.POOL, Severity.WARNING),
    LEAK_DETECTION_OFF(Layer.POOL, Severity.INFO),
    INIT_SQL_FAILED(Layer.POOL, Severity.ERROR);

    final Layer layer;
    final Severity severity;

    Code(Layer layer, Severity severity) {
        this.layer = layer;
        this.severity = severity;
    }

    /** What a dialect, or somebody who refuses a setting, calls it. */
    static Optional<Code> named(String name) {
        return Arrays.stream(values()).filter(code -> code.name().equals(name)).findFirst();
    }
}
