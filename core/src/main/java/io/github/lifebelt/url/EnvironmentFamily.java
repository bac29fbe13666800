package io.github.lifebelt.url;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables that belong together: whoever sets one of them sets the others too. All values of a database come from one
 * family, for two that were mixed lead somewhere that nobody has meant.
 *
 * @param name for messages, for example {@code PG*}
 * @param dialect the databases it is for; null if that is not in its name
 * @param names of the variables for each part, the first that has a value counts
 */
record EnvironmentFamily(String name, @Nullable String dialect, Map<Part, List<String>> names) {

    /** What a variable may hold. */
    enum Part {
        URL,
        HOST,
        PORT,
        DATABASE,
        USER,
        PASSWORD,
        ENGINE,
        SSL_MODE,
        /** {@code true} for TLS. */
        SSL,
        SSL_ROOT_CERT,
        OPTIONS,
        /** Says that there is no password but an identity. */
        CLIENT_ID
    }

    /** In the order in which they are looked for. */
    static final List<EnvironmentFamily> KNOWN = List.of(
            // Heroku sets this beside DATABASE_URL, from it, and for drivers like ours.
            family("JDBC_DATABASE_*", null)
                    .with(Part.URL, "JDBC_DATABASE_URL")
                    .with(Part.USER, "JDBC_DATABASE_USERNAME")
                    .with(Part.PASSWORD, "JDBC_DATABASE_PASSWORD"),
            family("DATABASE_*", null)
                    .with(Part.URL, "DATABASE_URL")
                    .with(Part.HOST, "DATABASE_HOST")
                    .with(Part.PORT, "DATABASE_PORT")
                    .with(Part.DATABASE, "DATABASE_NAME")
                    .with(Part.USER, "DATABASE_USER", "DATABASE_USERNAME")
                    .with(Part.PASSWORD, "DATABASE_PASSWORD", "DATABASE_PASS")
                    .with(Part.ENGINE, "DATABASE_ENGINE")
                    .with(Part.SSL_MODE, "DATABASE_SSLMODE", "DATABASE_SSL_MODE"),
            family("SPRING_DATASOURCE_*", null)
                    .with(Part.URL, "SPRING_DATASOURCE_URL")
                    .with(Part.USER, "SPRING_DATASOURCE_USERNAME")
                    .with(Part.PASSWORD, "SPRING_DATASOURCE_PASSWORD"),
            serviceConnector("AZURE_POSTGRESQL_", FamilyHints.POSTGRES),
            serviceConnector("AZURE_MYSQL_", FamilyHints.MYSQL),
            serviceConnector("NEON_POSTGRESQL_", FamilyHints.POSTGRES),
            family("DJANGO_DATABASE_*", null)
                    .with(Part.URL, "DJANGO_DATABASE_URL")
                    .with(Part.ENGINE, "DJANGO_DATABASE_ENGINE")
                    .with(Part.HOST, "DJANGO_DATABASE_HOST")
                    .with(Part.PORT, "DJANGO_DATABASE_PORT")
                    .with(Part.DATABASE, "DJANGO_DATABASE_NAME")
                    .with(Part.USER, "DJANGO_DATABASE_USER")
                    .with(Part.PASSWORD, "DJANGO_DATABASE_PASSWORD"),
            // INSTANCE_* stand beside DB_* in Google's samples for Cloud SQL, DB_CONNECTION in Laravel's.
            family("DB_*", null)
                    .with(Part.URL, "DB_URL")
                    .with(Part.ENGINE, "DB_ENGINE", "DB_CONNECTION", "DB_DIALECT", "DB_TYPE")
                    .with(Part.HOST, "DB_HOST", "INSTANCE_HOST", "INSTANCE_UNIX_SOCKET")
                    .with(Part.PORT, "DB_PORT")
                    .with(Part.DATABASE, "DB_NAME", "DB_DATABASE")
                    .with(Part.USER, "DB_USER", "DB_USERNAME")
                    .with(Part.PASSWORD, "DB_PASSWORD", "DB_PASS")
                    .with(Part.SSL_MODE, "DB_SSLMODE", "DB_SSL_MODE"),
            family("PG*", FamilyHints.POSTGRES)
                    .with(Part.HOST, "PGHOST", "PGHOSTADDR")
                    .with(Part.PORT, "PGPORT")
                    .with(Part.DATABASE, "PGDATABASE")
                    .with(Part.USER, "PGUSER")
                    .with(Part.PASSWORD, "PGPASSWORD")
                    .with(Part.SSL_MODE, "PGSSLMODE")
                    .with(Part.SSL_ROOT_CERT, "PGSSLROOTCERT")
                    .with(Part.OPTIONS, "PGOPTIONS"),
            family("POSTGRES_*", FamilyHints.POSTGRES)
                    .with(Part.URL, "POSTGRES_URL")
                    .with(Part.HOST, "POSTGRES_HOST")
                    .with(Part.PORT, "POSTGRES_PORT")
                    .with(Part.DATABASE, "POSTGRES_DB", "POSTGRES_DATABASE")
                    .with(Part.USER, "POSTGRES_USER")
                    .with(Part.PASSWORD, "POSTGRES_PASSWORD"),
            family("MYSQL_*", FamilyHints.MYSQL)
                    .with(Part.URL, "MYSQL_URL")
                    .with(Part.HOST, "MYSQL_HOST")
                    .with(Part.PORT, "MYSQL_PORT", "MYSQL_TCP_PORT")
                    .with(Part.DATABASE, "MYSQL_DATABASE")
                    .with(Part.USER, "MYSQL_USER")
                    .with(Part.PASSWORD, "MYSQL_PASSWORD", "MYSQL_PWD"),
            family("JAWSDB_URL", FamilyHints.MYSQL).with(Part.URL, "JAWSDB_URL"),
            family("JAWSDB_MARIA_URL", FamilyHints.MYSQL).with(Part.URL, "JAWSDB_MARIA_URL"),
            family("CLEARDB_DATABASE_URL", FamilyHints.MYSQL).with(Part.URL, "CLEARDB_DATABASE_URL"),
            family("DATABASE_CONNECTION_POOL_URL", FamilyHints.POSTGRES)
                    .with(Part.URL, "DATABASE_CONNECTION_POOL_URL"));

    /** Of libpq's other variables, what they mean as parameters of a URL. */
    static final Map<String, String> LIBPQ_PARAMETERS = Map.ofEntries(
            Map.entry("PGAPPNAME", "application_name"),
            Map.entry("PGCONNECT_TIMEOUT", "connect_timeout"),
            Map.entry("PGTARGETSESSIONATTRS", "target_session_attrs"),
            Map.entry("PGLOADBALANCEHOSTS", "load_balance_hosts"),
            Map.entry("PGCHANNELBINDING", "channel_binding"),
            Map.entry("PGCLIENTENCODING", "client_encoding"),
            Map.entry("PGREQUIREAUTH", "require_auth"),
            Map.entry("PGSSLNEGOTIATION", "sslnegotiation"),
            Map.entry("PGSSLCERT", "sslcert"),
            Map.entry("PGSSLKEY", "sslkey"),
            Map.entry("PGSSLCRL", "sslcrl"),
            Map.entry("PGSSLSNI", "sslsni"),
            Map.entry("PGGSSENCMODE", "gssencmode"),
            Map.entry("PGKRBSRVNAME", "krbsrvname"));

    private static EnvironmentFamily family(String name, @Nullable String dialect) {
        return new EnvironmentFamily(name, dialect, Map.of());
    }

    /** One variable that holds all. */
    static EnvironmentFamily url(String variable, @Nullable String dialect) {
        return family(variable, dialect).with(Part.URL, variable);
    }

    // What Azure's Service Connector sets depends on the "client type"; these are the names of all of them.
    private static EnvironmentFamily serviceConnector(String prefix, String dialect) {
        return family(prefix + "*", dialect)
                .with(Part.URL, prefix + "CONNECTIONSTRING")
                .with(Part.HOST, prefix + "HOST")
                .with(Part.PORT, prefix + "PORT")
                .with(Part.DATABASE, prefix + "DATABASE", prefix + "NAME", prefix + "DBNAME")
                .with(Part.USER, prefix + "USER", prefix + "USERNAME")
                .with(Part.PASSWORD, prefix + "PASSWORD")
                .with(Part.SSL_MODE, prefix + "SSLMODE")
                .with(Part.SSL, prefix + "SSL", prefix + "FLAG")
                .with(Part.CLIENT_ID, prefix + "CLIENTID");
    }

    /** The same, where the name does not say what it is for and somebody else does. */
    EnvironmentFamily orElse(@Nullable String hint) {
        return dialect == null ? new EnvironmentFamily(name, hint, names) : this;
    }

    private EnvironmentFamily with(Part part, String... variables) {
        Map<Part, List<String>> all = new EnumMap<>(Part.class);
        all.putAll(names);
        all.put(part, List.of(variables));
        return new EnvironmentFamily(name, dialect, all);
    }
}
