package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a dialect reads one connection string with: takes the texts that a grammar finds in it, and refuses those that
 * cannot be, in the same words for every format.
 *
 * <p>URIs are read by {@link #uri}. A dialect reads formats of its own itself, and hands over what it finds. The last of
 * two wins. A part that is empty counts as not given.
 *
 * <p>No message shows a text that could be a part of a password gone astray. For one connection string; not thread-safe.
 */
public final class UrlReader {

    static final String NOT_SHOWN = "(name not shown)";

    private static final String RESERVED = "?#[] ";
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,40}");

    /** The forms in which connection strings are written. */
    public enum Format {
        /** A URL with one of the dialect's schemes. */
        URL,
        /** libpq's key words and values: {@code host=h dbname=orders}. */
        KEY_VALUE,
        /** SQLAlchemy's URLs: {@code postgresql+psycopg://...}. */
        SQLALCHEMY,
        /** ADO.NET's: {@code Server=h;Database=orders}. */
        ADO_NET,
        /** Those of go-sql-driver/mysql: {@code user:password@tcp(h:3306)/shop}. */
        GO_DSN
    }

    /** What a format's query may hold, and what it means there. */
    public interface Parameters {
        /**
         * Whether a name is one of the format's own. Such a name is no secret, so messages may show it.
         *
         * @param name decoded
         * @return false if it may as well be the rest of a password
         */
        boolean isKnown(String name);

        /**
         * Takes a parameter, in the order of the text.
         *
         * @param parameter known or not
         * @throws ConfigurationException if it cannot be
         */
        void read(Parameter parameter);
    }

    /** A parameter that stands in a connection string. */
    public static final class Parameter {
        private final String name;
        private final String shown;
        private final boolean doubtful;
        private final String raw;
        private final @Nullable UrlReader decoder;

        Parameter(@Nullable UrlReader decoder, String name, String shown, boolean doubtful, String raw) {
            this.decoder = decoder;
            this.name = name;
            this.shown = shown;
            this.doubtful = doubtful;
            this.raw = raw;
        }

        /** One whose value is not encoded, or not any more. */
        static Parameter literal(String name, String shown, boolean doubtful, String value) {
            return new Parameter(null, name, shown, doubtful, value);
        }

        /**
         * Its name, which only {@link #shown()} makes fit for a message.
         *
         * @return decoded
         */
        public String name() {
            return name;
        }

        /**
         * Its name for messages.
         *
         * @return in quotes; or other words where it may be a part of a secret
         */
        public String shown() {
            return shown;
        }

        /**
         * Whether it stands where the rest of a password may stand, so that nothing is to be guessed from its name.
         *
         * @return true behind a password, and where an '@' was not encoded
         */
        public boolean mayBeSecret() {
            return doubtful;
        }

        /**
         * Its value as it stands in the text.
         *
         * @return still percent-encoded
         */
        public String raw() {
            return raw;
        }

        /**
         * Its value.
         *
         * @return decoded
         * @throws ConfigurationException {@code INVALID_PERCENT_ENCODING}
         */
        public String value() {
            return decoder == null ? raw : decoder.decode(raw, "parameter " + shown);
        }
    }

    private final String dialect;
    private final String product;
    private final HostList hosts = new HostList();
    private @Nullable String database;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable SslMode sslMode;
    private @Nullable String sslRootCert;
    private @Nullable String options;
    private final Map<String, String> others = new LinkedHashMap<>();
    // What the driver is told in place of others, and names that it is not told at all.
    private final Map<String, String> meant = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<UrlReading.Diagnosis> notes = new ArrayList<>();
    private @Nullable String sslModeText;
    private @Nullable SslMode correctedSslMode;
    private @Nullable ConfigurationException refusal;

    /**
     * A reader for one connection string.
     *
     * @param dialect the family, as in {@link DatabaseUrl#dialect()}
     * @param product what messages call it, for example {@code PostgreSQL}
     */
    public UrlReader(String dialect, String product) {
        this.dialect = Objects.requireNonNull(dialect, "dialect");
        this.product = Objects.requireNonNull(product, "product");
    }

    /**
     * A parameter's name fit for a message: what follows a password may be the rest of it, and what is no name may be
     * anything.
     *
     * @param name as it stands in the text, or decoded
     * @param known whether it is one of the format's own
     * @param afterPassword whether the parameter before it was the password
     * @return the name in quotes, or other words
     */
    public static String shown(String name, boolean known, boolean afterPassword) {
        boolean safe = known || (!afterPassword && NAME.matcher(name).matches());
        return safe ? "'" + name + "'" : afterPassword ? "after the password" : NOT_SHOWN;
    }

    /**
     * Advice for a name that is none.
     *
     * @param name as it was written; case and underscores do not count
     * @param known the names that can be meant
     * @return the end of a sentence with the one that is nearest, or nothing if none is near
     */
    public static String didYouMean(String name, Collection<String> known) {
        return Typos.didYouMean(name, known);
    }

    /**
     * Reads what stands behind the {@code //} of a URI.
     *
     * <pre>{@code
     * [user[:password]@][host[:port]][,host[:port]...][/database][?name=value[&...]]
     * }</pre>
     *
     * <p>Each part is percent-encoded; {@code +} and {@code #} are themselves. The user's part ends at the first
     * {@code @} before any {@code /}; where there is more than one, the password was not encoded, and that is refused
     * rather than guessed.
     *
     * @param text the whole text
     * @param start where in it the user, or the first host, begins
     * @param parameters takes the query
     * @throws ConfigurationException if a part is malformed: {@code UNENCODED_AT}, {@code UNENCODED_SLASH},
     *     {@code INVALID_PERCENT_ENCODING}, {@code PARAM_WITHOUT_VALUE}, one of {@code IPV6_...}, or what the parameters
     *     throw
     */
    public void uri(String text, int start, Parameters parameters) {
        new UriGrammar(text, start, this).read(parameters);
    }

    /**
     * Reads the URL of a web framework, by the rules of Python's {@code urlsplit}.
     *
     * @param text the whole text
     * @param start where in it the user, or the first host, begins
     * @param parameters takes the query
     * @throws ConfigurationException if a host or port cannot be
     */
    public void webUrl(String text, int start, Parameters parameters) {
        new WebGrammar(this).read(text.substring(start), parameters);
    }

    /**
     * Reads a text of another format.
     *
     * @param format any but {@link Format#URL}
     * @param text the whole text
     * @param parameters takes what stands there beside user, hosts and database
     * @throws ConfigurationException if the format's own rules refuse it
     */
    public void read(Format format, String text, Parameters parameters) {
        switch (format) {
            case KEY_VALUE -> new KeyValueGrammar(text).read(this, parameters);
            case SQLALCHEMY -> SqlAlchemyGrammar.read(text, this, parameters);
            case ADO_NET -> AdoNetGrammar.read(text, this, parameters);
            case GO_DSN -> GoGrammar.read(text, this, parameters);
            case URL -> throw new IllegalArgumentException("which of the URLs it is, the dialect knows");
        }
    }

    /**
     * Decodes {@code %XX} as UTF-8, by the rules of URIs.
     *
     * @param raw as it stands in the text
     * @param component what it is, for the message
     * @return decoded
     * @throws ConfigurationException {@code INVALID_PERCENT_ENCODING}
     */
    public String decode(String raw, String component) {
        return Percent.decode(raw, component, product, false);
    }

    /**
     * Decodes {@code %XX} as UTF-8, by the rules of HTML forms, which JDBC drivers follow: {@code +} is a space.
     *
     * @param raw as it stands in the text
     * @param component what it is, for the message
     * @return decoded
     * @throws ConfigurationException {@code INVALID_PERCENT_ENCODING}
     */
    public String decodeForm(String raw, String component) {
        return Percent.decode(raw, component, product, true);
    }

    /**
     * Adds a host to try.
     *
     * @param name decoded, without brackets; empty for the driver's default
     * @param port as it stands in the text; empty for the default
     */
    public void addHost(String name, String port) {
        hosts.add(name, port);
    }

    /**
     * Replaces the hosts, for formats that list them apart from their ports.
     *
     * @param names in the order to try them
     */
    public void setHosts(List<String> names) {
        hosts.names(names);
    }

    /**
     * Replaces the ports, for formats that list them apart from their hosts.
     *
     * @param texts one for all hosts, or one for each
     */
    public void setPorts(List<String> texts) {
        hosts.ports(texts);
    }

    /**
     * Takes the database.
     *
     * @param name decoded
     */
    public void database(String name) {
        database = name;
    }

    /**
     * Takes the user.
     *
     * @param name decoded
     */
    public void user(String name) {
        user = name;
    }

    /**
     * Takes the password.
     *
     * @param secret decoded
     */
    public void password(String secret) {
        password = secret;
    }

    /**
     * Takes what is demanded of TLS.
     *
     * @param mode null for nothing
     */
    public void sslMode(@Nullable SslMode mode) {
        sslMode = mode;
        sslModeText = mode == null ? null : mode.toString();
    }

    /**
     * Takes what is demanded of TLS in words that mean nothing.
     *
     * @param text as it stands there
     * @param why refuses it
     */
    public void sslMode(String text, ConfigurationException why) {
        sslMode = null;
        sslModeText = text;
        refuse(why);
    }

    /**
     * Takes what is demanded of TLS under a name that the format's own program ignores.
     *
     * @param mode what was meant
     */
    public void correctedSslMode(SslMode mode) {
        correctedSslMode = mode;
    }

    /**
     * Whether something is demanded of TLS already, for formats where one parameter counts only without another.
     *
     * @return true after a mode that is not null
     */
    public boolean hasSslMode() {
        return sslMode != null;
    }

    /**
     * Takes the file of trusted roots.
     *
     * @param file a path as given
     */
    public void sslRootCert(String file) {
        sslRootCert = file;
    }

    /**
     * Takes the session's start options.
     *
     * @param text as the server reads it
     */
    public void options(String text) {
        options = text;
    }

    /**
     * Takes any other parameter; those with {@link DatabaseUrl#SETTING_PREFIX} become settings.
     *
     * @param name decoded
     * @param value decoded
     */
    public void parameter(String name, String value) {
        others.remove(name);
        others.put(name, value);
        meant.remove(name);
        meant.put(name, value);
    }

    /**
     * Takes a parameter that has another name in the driver's words, or none.
     *
     * @param name decoded
     * @param value decoded
     * @param driverName what the driver is told instead; null if it is told nothing
     * @param driverValue the value for it
     */
    public void parameter(String name, String value, @Nullable String driverName, String driverValue) {
        others.put(name, value);
        if (driverName != null) {
            meant.put(driverName, driverValue);
        }
    }

    /** Notes what may stand in a password and had better not. */
    void reserved(String raw) {
        if (raw.chars().anyMatch(c -> RESERVED.indexOf(c) >= 0)) {
            note(
                    "RESERVED_CHAR_UNENCODED",
                    "the password has a reserved character that is not percent-encoded: other programs end it there");
        }
    }

    /**
     * Adds hosts that may have a port behind them, each alone or several with commas between them.
     *
     * @param text for example {@code h1:5432,h2}, {@code [::1]:5432} or {@code /var/run/postgresql}
     * @param otherwise the port of those that have none; empty for the default
     */
    public void addHosts(String text, String otherwise) {
        hosts.addAll(text, otherwise);
    }

    /**
     * Counts a parameter, and notes it if it was there before.
     *
     * @param name as the format compares it
     */
    public void count(String name) {
        if (!seen.add(name) && notes.stream().noneMatch(note -> note.code().equals("DUPLICATE_PARAM"))) {
            note("DUPLICATE_PARAM", "a parameter stands there more than once; the last one counts");
        }
    }

    /**
     * Says something to whoever wrote the text.
     *
     * @param code the stable code
     * @param message what was found, and what to do; never a secret
     */
    public void note(String code, String message) {
        notes.add(new UrlReading.Diagnosis(code, message));
    }

    /**
     * Says that this leads to no database, although the format's rules allow it. The first one counts.
     *
     * @param why what is wrong
     */
    public void refuse(ConfigurationException why) {
        if (refusal == null) {
            refusal = why;
        }
    }

    /**
     * One of the other parameters.
     *
     * @param name decoded
     * @return its value, or null if there was none until now
     */
    public @Nullable String parameter(String name) {
        return others.get(name);
    }

    /**
     * All that was found, with what is wrong with it.
     *
     * @return never throws for what stands in the text
     */
    public UrlReading toReading() {
        return toReading(this::toUrl);
    }

    /**
     * All that was found, where the meaning is found in another way.
     *
     * @param meaning makes the URL, or throws a {@link ConfigurationException}
     * @return never throws for what stands in the text
     */
    public UrlReading toReading(Supplier<DatabaseUrl> meaning) {
        UrlReading.Parts strict = parts(sslModeText);
        List<UrlReading.Diagnosis> all = Diagnoses.of(strict, notes);
        UrlReading.Parts lenient = correctedSslMode == null ? null : parts(correctedSslMode.toString());
        try {
            Unresolved.refuse(strict);
            return new UrlReading(strict, all, lenient, null, meaning.get());
        } catch (ConfigurationException e) {
            return new UrlReading(strict, Diagnoses.with(all, e), lenient, e, null);
        }
    }

    private UrlReading.Parts parts(@Nullable String mode) {
        return new UrlReading.Parts(
                dialect, hosts.texts(), database, user, password, mode, sslRootCert, options, others);
    }

    /**
     * Makes the URL of all that was found.
     *
     * @return its meaning
     * @throws ConfigurationException what {@link #refuse} was told, or if a host or port cannot be: {@code UNENCODED_AT},
     *     {@code HOST_INVALID}, {@code PORT_NOT_NUMERIC}, {@code PORT_OUT_OF_RANGE}, {@code PORT_COUNT_MISMATCH}
     */
    public DatabaseUrl toUrl() {
        if (refusal != null) {
            throw refusal;
        }
        DatabaseUrl.Builder url = DatabaseUrl.builder(dialect)
                .database(emptyIsNone(database))
                .user(emptyIsNone(user))
                .password(emptyIsNone(password))
                .sslMode(correctedSslMode == null ? sslMode : correctedSslMode)
                .sslRootCert(emptyIsNone(sslRootCert))
                .options(emptyIsNone(options));
        hosts.addTo(url);
        meant.forEach((name, value) -> {
            if (name.startsWith(DatabaseUrl.SETTING_PREFIX)) {
                url.setting(name.substring(DatabaseUrl.SETTING_PREFIX.length()), value);
            } else {
                url.parameter(name, value);
            }
        });
        return url.build();
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
