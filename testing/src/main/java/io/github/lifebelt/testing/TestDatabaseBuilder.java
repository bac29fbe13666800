package io.github.lifebelt.testing;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.provider.Providers;
import io.github.lifebelt.testing.internal.server.ReservedParameters;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to be like. Not thread-safe; each {@link #start()} makes a server of its own from what is set then.
 *
 * <p>Defaults: whichever provider and version there is. TLS is demanded, as the clouds demand it. User and database are
 * both {@code app}. The password is always the same, so that logs and failures can be compared, and contains a
 * {@code $}, so that whatever would cut or expand it in a shell or an environment is found here. The server's own
 * defaults for the rest.
 */
public final class TestDatabaseBuilder {
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    // PostgreSQL keeps three for superusers and wants one for others; MariaDB takes no fewer than ten.
    private static final Map<DatabaseProduct, Integer> FEWEST_CONNECTIONS =
            Map.of(DatabaseProduct.POSTGRESQL, 4, DatabaseProduct.MYSQL, 1, DatabaseProduct.MARIADB, 10);
    // PostgreSQL's highest; MySQL's is 100,000, which no machine of a test reaches either.
    private static final int MOST_CONNECTIONS = 262_143;

    private static final Set<String> BUILT_IN =
            Set.of("postgres", "template0", "template1", "mysql", "sys", "information_schema", "performance_schema");

    private final DatabaseProduct product;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private ServerProvider provider = ServerProvider.AUTOMATIC;
    private @Nullable String version;
    private boolean tls = true;
    private @Nullable ServerCertificate certificate;
    private boolean clientCertificates;
    private String user = ServerSpec.DEFAULT_NAME;
    private String password = ServerSpec.DEFAULT_PASSWORD;
    private String database = ServerSpec.DEFAULT_NAME;

    TestDatabaseBuilder(DatabaseProduct product) {
        this.product = product;
    }

    /**
     * Where the server is to come from.
     *
     * @param wanted by default {@link ServerProvider#AUTOMATIC}
     * @return this
     */
    public TestDatabaseBuilder provider(ServerProvider wanted) {
        provider = wanted;
        return this;
    }

    /**
     * Which version it has to be. A container takes it as the image's tag, for the others it has to be what there is.
     *
     * @param wanted the beginning of a version, {@code 16} or {@code 8.0}; by default whichever there is, which is PostgreSQL
     *     18, MySQL 8.4 or MariaDB 11.4 for a container
     * @return this
     * @throws IllegalArgumentException if it is empty or has control characters
     */
    public TestDatabaseBuilder version(String wanted) {
        version = text("version", wanted);
        return this;
    }

    /**
     * Whether the server speaks TLS and refuses clients that do not (SQLState 28000 from PostgreSQL, error 3159 from
     * MySQL and MariaDB 11.4, 1045 from MariaDB 10.11).
     *
     * @param demanded true, the default, as in the clouds; false for a server without TLS
     * @return this
     */
    public TestDatabaseBuilder tls(boolean demanded) {
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
    public TestDatabaseBuilder certificate(ServerCertificate shown) {
        certificate = shown;
        return this;
    }

    /**
     * Whether the ordinary user has to show a certificate of {@link TestCertificates#authority()} besides the password:
     * {@code clientcert=verify-ca} of PostgreSQL, {@code REQUIRE X509} of MySQL and MariaDB. Strings and data sources of
     * {@link TestDatabase} have none; {@link TestCertificates#client()} is one.
     *
     * @param demanded by default false
     * @return this
     */
    public TestDatabaseBuilder clientCertificates(boolean demanded) {
        clientCertificates = demanded;
        return this;
    }

    /**
     * Sets a parameter of {@code postgresql.conf}, or one of {@code my.cnf} for MySQL and MariaDB. Whether the server
     * knows it shows at {@link #start()}.
     *
     * @param name the parameter's name
     * @param value its value as it is, without quotes around it
     * @return this
     * @throws IllegalArgumentException if it is no parameter's name, or one of those that say where the server is found
     */
    public TestDatabaseBuilder setting(String name, String value) {
        String parameter = name.toLowerCase(Locale.ROOT);
        if (!PARAMETER.matcher(parameter).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name of a parameter of " + product);
        }
        if (ReservedParameters.contain(product, parameter)) {
            throw new IllegalArgumentException(
                    name + " is set by the test database itself; use tls(boolean) or the accessors");
        }
        parameters.put(parameter, withoutControls("value of " + name, value));
        return this;
    }

    /**
     * How many sessions the server takes. PostgreSQL keeps three of them for superusers, so ordinary users get SQLState
     * 53300 before; MySQL and MariaDB keep one more, and answer error 1040.
     *
     * @param connections at least 4 for PostgreSQL, whose default is 100; at least 10 for MariaDB, whose default, as
     *     MySQL's, is 151
     * @return this
     * @throws IllegalArgumentException if it is too small or too large for the server
     */
    public TestDatabaseBuilder maxConnections(int connections) {
        int fewest = FEWEST_CONNECTIONS.getOrDefault(product, 1);
        if (connections < fewest || connections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException("maxConnections must be between " + fewest + " and " + MOST_CONNECTIONS
                    + " for " + product + ", not " + connections);
        }
        return setting("max_connections", Integer.toString(connections));
    }

    /**
     * After how much idleness outside of a transaction the server ends a session, as clouds do. PostgreSQL 14 and newer
     * say so with SQLState 57P05 at the next use; MySQL says error 4031 (since 8.0.24), MariaDB nothing.
     *
     * @param idle at least a second; parts of a second are cut off
     * @return this
     * @throws IllegalArgumentException if it is shorter
     */
    public TestDatabaseBuilder idleTimeout(Duration idle) {
        long seconds = idle.toSeconds();
        if (seconds < 1) {
            throw new IllegalArgumentException("idleTimeout must be at least a second, not " + idle);
        }
        return product == DatabaseProduct.POSTGRESQL
                ? setting("idle_session_timeout", seconds + "s")
                : setting("wait_timeout", Long.toString(seconds));
    }

    /**
     * The ordinary user, who may log in and owns the database, and is nothing more.
     *
     * @param name the name of a role; by default {@code app}
     * @return this
     * @throws IllegalArgumentException if it is empty, has control characters, or is the fixture's superuser
     */
    public TestDatabaseBuilder user(String name) {
        if (name.equals(ServerSpec.ADMIN)) {
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
    public TestDatabaseBuilder password(String secret) {
        password = text("password", secret);
        return this;
    }

    /**
     * The database.
     *
     * @param name its name; by default {@code app}
     * @return this
     * @throws IllegalArgumentException if it is empty, has control characters, or is one that servers come with
     */
    public TestDatabaseBuilder database(String name) {
        if (BUILT_IN.contains(name)) {
            throw new IllegalArgumentException("A server has a database " + name + " already");
        }
        database = text("database", name);
        return this;
    }

    /**
     * Starts the server and waits until it takes connections: at most 60 s, usually less than one; the first time on a
     * machine some seconds, because programs have to be unpacked or an image to be pulled.
     *
     * @return the running server; close it
     * @throws IllegalStateException if it cannot be had or started here, with the reason, what to do, and the end of the
     *     server's log
     * @throws UncheckedIOException if its files cannot be made, or the class path has no server for this machine: the
     *     message names the artifact to add
     */
    public TestDatabase start() {
        return wish().start();
    }

    /** What is set now. */
    Wish wish() {
        return new Wish(
                product,
                provider,
                version,
                tls,
                certificate,
                clientCertificates,
                user,
                password,
                database,
                Map.copyOf(parameters));
    }

    /** What is set, as a value: two that are equal may use the same server, one after the other. */
    record Wish(
            DatabaseProduct product,
            ServerProvider provider,
            @Nullable String version,
            boolean tls,
            @Nullable ServerCertificate certificate,
            boolean clientCertificates,
            String user,
            String password,
            String database,
            Map<String, String> parameters) {

        TestDatabase start() {
            Providers.Choice choice = Providers.choose(product, provider);
            // Certificates take as long as unpacking and copying, so they are made meanwhile.
            CompletableFuture<@Nullable ServerCertificate> shown =
                    CompletableFuture.supplyAsync(this::certificateToShow, TestDatabaseBuilder::runOnThread);
            try {
                choice.provider().prepare(choice.product(), version);
                return new TestDatabase(choice.provider().start(spec(choice.product(), shown.join())));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot make a " + product + " server: " + e.getMessage(), e);
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        private ServerSpec spec(DatabaseProduct chosen, @Nullable ServerCertificate shown) {
            String adminPassword = UUID.randomUUID().toString();
            Path clientAuthority = shown != null && clientCertificates
                    ? TestCertificates.shared().authority()
                    : null;
            return new ServerSpec(
                    chosen, version, shown, clientAuthority, user, password, database, adminPassword, parameters);
        }

        private @Nullable ServerCertificate certificateToShow() {
            if (!tls) {
                return null;
            }
            return certificate != null ? certificate : TestCertificates.shared().server();
        }
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
