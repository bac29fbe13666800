package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.config.Dialects;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how to reach it: the meaning of a connection string, whatever its format.
 *
 * <p>Immutable and thread-safe. What was not given is null or empty: no defaults are filled in. It carries the secret
 * that stood in the text, but neither {@link #toString()} nor {@link #jdbcUrl()} nor any error shows it.
 */
public final class DatabaseUrl {

    /** Parameters with this prefix are settings of the pool, never sent to the driver. */
    public static final String SETTING_PREFIX = "lifebelt.";

    /**
     * One of the hosts to try.
     *
     * @param name a host name or an address without brackets; empty for the driver's default
     * @param port 1 to 65535, or null for the database's default port
     */
    public record Host(String name, @Nullable Integer port) {
        /**
         * Refuses a port that cannot be.
         *
         * @param name a host name or an address without brackets; empty for the driver's default
         * @param port 1 to 65535, or null for the database's default port
         */
        public Host {
            Objects.requireNonNull(name, "name");
            if (port != null && (port < 1 || port > 65_535)) {
                throw new ConfigurationException(
                        "PORT_OUT_OF_RANGE", "port " + port + " of host '" + name + "': ports are 1 to 65535");
            }
        }

        @Override
        public String toString() {
            return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + (port == null ? "" : ":" + port);
        }
    }

    private final String dialect;
    private final List<Host> hosts;
    private final @Nullable String database;
    private final @Nullable String user;
    private final @Nullable String password;
    private final @Nullable SslMode sslMode;
    private final @Nullable String sslRootCert;
    private final @Nullable String options;
    private final Map<String, String> parameters;
    private final Map<String, String> settings;

    private DatabaseUrl(Builder b) {
        dialect = b.dialect;
        hosts = List.copyOf(b.hosts);
        database = b.database;
        user = b.user;
        password = b.password;
        sslMode = b.sslMode;
        sslRootCert = b.sslRootCert;
        options = b.options;
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(b.parameters));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(b.settings));
    }

    /**
     * Reads a connection string by the rules of its own format, which its scheme tells.
     *
     * @param text for example {@code postgresql://app:secret@db.example.com:5432/orders?sslmode=verify-full}
     * @return its meaning
     * @throws ConfigurationException if the scheme is unknown, no dialect for it is on the class path (the message has
     *     the Maven coordinate), or a part is malformed; the message names the part and never shows a secret
     */
    public static DatabaseUrl parse(String text) {
        return read(text, null).get();
    }

    /**
     * Reads a connection string, and says all there is to say about it.
     *
     * @param text in any of the formats
     * @param family the family it is for, where the format does not tell (ADO.NET), for example {@code postgresql}; or null
     * @return its parts, and what is wrong with them; never throws for what stands in the text
     */
    public static UrlReading read(String text, @Nullable String family) {
        return Readings.of(text, family);
    }

    /**
     * Finds the database that a platform's environment variables name, and reads it. The first of these that leads
     * somewhere counts, and of no other anything:
     *
     * <ol>
     *   <li>{@code JDBC_DATABASE_URL}, {@code DATABASE_URL} or {@code DATABASE_HOST}, {@code SPRING_DATASOURCE_URL}
     *   <li>App Service's {@code POSTGRESQLCONNSTR_x}, {@code MYSQLCONNSTR_x}, {@code CUSTOMCONNSTR_x}
     *   <li>Service Connector's {@code AZURE_POSTGRESQL_x}, {@code AZURE_MYSQL_x}, {@code NEON_POSTGRESQL_x}
     *   <li>{@code DJANGO_DATABASE_HOST}, {@code DB_URL} or {@code DB_HOST}, {@code PGHOST}, {@code POSTGRES_HOST}, {@code
     *       MYSQL_HOST}, each with its family's other variables, whose values are literal
     *   <li>Heroku's add-ons: {@code JAWSDB_URL}, {@code CLEARDB_DATABASE_URL}, {@code HEROKU_POSTGRESQL_x_URL}
     * </ol>
     *
     * <p>If {@code ENVIRONMENT} is {@code production} or {@code staging}, and there are variables with the prefix {@code
     * PROD_} or {@code STAGING_}, only those with its own count.
     *
     * @param variables for example {@link System#getenv()}
     * @param family the family that is meant where the variables do not say it, for example {@code postgresql}; or null
     * @return its parts, what is wrong with them, and in {@link UrlReading#source()} which variables counted; never throws for
     *     what stands in them
     */
    public static UrlReading readEnvironment(Map<String, String> variables, @Nullable String family) {
        return Environment.read(variables, family);
    }

    /**
     * Starts an empty one.
     *
     * @param dialect the family, for example {@code postgresql}
     * @return a builder
     */
    public static Builder builder(String dialect) {
        return new Builder(dialect);
    }

    /**
     * A builder that starts from this one.
     *
     * @return a copy to change
     */
    public Builder toBuilder() {
        Builder b = new Builder(dialect)
                .database(database)
                .user(user)
                .password(password)
                .sslMode(sslMode)
                .sslRootCert(sslRootCert)
                .options(options);
        b.hosts.addAll(hosts);
        b.parameters.putAll(parameters);
        b.settings.putAll(settings);
        return b;
    }

    /**
     * The family of databases.
     *
     * @return for example {@code postgresql}
     */
    public String dialect() {
        return dialect;
    }

    /**
     * The hosts to try, in order.
     *
     * @return empty for the driver's default
     */
    public List<Host> hosts() {
        return hosts;
    }

    /**
     * The database.
     *
     * @return its name, or null
     */
    public @Nullable String database() {
        return database;
    }

    /**
     * The user.
     *
     * @return the name, or null
     */
    public @Nullable String user() {
        return user;
    }

    /**
     * User and password as they stood in the text.
     *
     * @return both, either of which may be missing
     */
    public Credentials credentials() {
        return Credentials.of(user, password);
    }

    /**
     * What the text demands of TLS. What is in force may be stricter: see the TLS policy in the README.
     *
     * @return the mode, or null if none was given
     */
    public @Nullable SslMode sslMode() {
        return sslMode;
    }

    /**
     * The file with the root certificates (PEM) to trust.
     *
     * @return a path as given, {@code system} for the platform's own store, or null
     */
    public @Nullable String sslRootCert() {
        return sslRootCert;
    }

    /**
     * Options for the server process at start of the session ({@code options} of libpq).
     *
     * @return for example {@code endpoint=ep-cool-name} or {@code -c statement_timeout=5s}, or null
     */
    public @Nullable String options() {
        return options;
    }

    /**
     * All other parameters under the names of the format they came in.
     *
     * @return in the order given, unmodifiable
     */
    public Map<String, String> parameters() {
        return parameters;
    }

    /**
     * The pool's settings that stood in the text as {@code lifebelt.max-size=10}, without the prefix.
     *
     * @return in the order given, unmodifiable
     */
    public Map<String, String> settings() {
        return settings;
    }

    /**
     * The driver's URL without credentials: fit for a log line, and for other tools together with {@link #credentials()}.
     *
     * @return a JDBC URL
     */
    public String jdbcUrl() {
        return Dialects.named(dialect).jdbcUrl(this);
    }

    /**
     * What the driver is set to, by its own names, without credentials and TLS: for display, and for other tools together
     * with {@link #credentials()}.
     *
     * @return names and values of the driver's properties, unmodifiable
     * @throws ConfigurationException if the driver knows no such parameter, or has no such value
     */
    public Map<String, String> driverProperties() {
        return Dialects.named(dialect).driverProperties(this);
    }

    /**
     * Where this leads, in one short form for messages.
     *
     * @return for example {@code postgresql://app@db.example.com:5432/orders}
     */
    public String target() {
        return dialect + "://" + (user == null ? "" : user + "@")
                + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
                + (database == null ? "" : "/" + database);
    }

    /** {@link #target()}, TLS, and the names and values of parameters whose name does not sound like a secret's. */
    @Override
    public String toString() {
        List<String> query = new ArrayList<>();
        if (sslMode != null) {
            query.add("sslmode=" + sslMode);
        }
        if (sslRootCert != null) {
            query.add("sslrootcert=" + sslRootCert);
        }
        if (options != null) {
            query.add("options=" + options);
        }
        parameters.forEach(
                (name, value) -> query.add(name + "=" + (Credentials.isSecret(name, value) ? "***" : value)));
        settings.forEach((name, value) -> query.add(SETTING_PREFIX + name + "=" + value));
        return target() + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DatabaseUrl that
                && dialect.equals(that.dialect)
                && hosts.equals(that.hosts)
                && Objects.equals(database, that.database)
                && Objects.equals(user, that.user)
                && Objects.equals(password, that.password)
                && sslMode == that.sslMode
                && Objects.equals(sslRootCert, that.sslRootCert)
                && Objects.equals(options, that.options)
                && parameters.equals(that.parameters)
                && settings.equals(that.settings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(dialect, hosts, database, user);
    }

    /** Collects the parts of a {@link DatabaseUrl}. Not thread-safe. Refuses what cannot be, at the call. */
    public static final class Builder {
        private final String dialect;
        private final List<Host> hosts = new ArrayList<>();
        private @Nullable String database;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable SslMode sslMode;
        private @Nullable String sslRootCert;
        private @Nullable String options;
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder(String dialect) {
            this.dialect = Objects.requireNonNull(dialect, "dialect");
        }

        /**
         * Adds a host to try.
         *
         * @param name a host name or address
         * @return this
         */
        public Builder host(String name) {
            hosts.add(new Host(name, null));
            return this;
        }

        /**
         * Adds a host to try.
         *
         * @param name a host name or address
         * @param port 1 to 65535
         * @return this
         */
        public Builder host(String name, int port) {
            hosts.add(new Host(name, port));
            return this;
        }

        /**
         * Sets the database.
         *
         * @param name its name, literally
         * @return this
         */
        public Builder database(@Nullable String name) {
            database = name;
            return this;
        }

        /**
         * Sets the user.
         *
         * @param name literally, nothing is decoded
         * @return this
         */
        public Builder user(@Nullable String name) {
            user = name;
            return this;
        }

        /**
         * Sets the password.
         *
         * @param secret literally, nothing is decoded
         * @return this
         */
        public Builder password(@Nullable String secret) {
            password = secret;
            return this;
        }

        /**
         * Sets what is demanded of TLS.
         *
         * @param mode the mode, or null for the policy's default
         * @return this
         */
        public Builder sslMode(@Nullable SslMode mode) {
            sslMode = mode;
            return this;
        }

        /**
         * Sets the file of trusted roots.
         *
         * @param path a PEM file
         * @return this
         */
        public Builder sslRootCert(@Nullable String path) {
            sslRootCert = path;
            return this;
        }

        /**
         * Sets the session's start options.
         *
         * @param text as the server reads it
         * @return this
         */
        public Builder options(@Nullable String text) {
            options = text;
            return this;
        }

        /**
         * Adds another parameter; a second one of the same name replaces the first.
         *
         * @param name the driver's or libpq's name
         * @param value its value
         * @return this
         */
        public Builder parameter(String name, String value) {
            parameters.put(name, value);
            return this;
        }

        /**
         * Adds a setting of the pool.
         *
         * @param name in kebab case without prefix, for example {@code max-size}
         * @param value as in the table of settings
         * @return this
         */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Makes the URL.
         *
         * @return an immutable copy of what was collected
         */
        public DatabaseUrl build() {
            return new DatabaseUrl(this);
        }
    }
}
