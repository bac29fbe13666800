package io.github.lifebelt.testing.internal.postgres;

import static io.github.lifebelt.testing.internal.postgres.PostgresConfiguration.identifier;
import static io.github.lifebelt.testing.internal.postgres.PostgresConfiguration.literal;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.Cleaning;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.certificates.Pem;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.DriverDataSource;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import io.github.lifebelt.testing.internal.system.Percent;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL in its own words. */
public final class PostgresFamily implements Family {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresFamily.class);
    private static final Duration RELOAD = Duration.ofSeconds(10);
    private static final String STARTING_UP = "57P03";
    private static final Duration END = Duration.ofSeconds(5);
    // By time too: a process's number is given again.
    private static final String KILLED = "SELECT format('(%s, %L::timestamptz)', pid, backend_start) FROM"
            + " (SELECT pid, backend_start, pg_terminate_backend(pid) AS told FROM ";
    private static final String TOLD = ") ended WHERE told";
    private static final String COUNT = "SELECT count(*) FROM ";
    private static final int CAN_CHOOSE_STRATEGY = 150_000;

    @Override
    public String driverArtifact() {
        return "org.postgresql:postgresql";
    }

    @Override
    public String version(AdminSession admin) throws SQLException {
        return "PostgreSQL " + admin.strings("SHOW server_version").get(0);
    }

    @Override
    public String url(Access access) {
        return "postgresql://" + Percent.encode(access.user()) + ":" + Percent.encode(access.password()) + "@"
                + target(access);
    }

    @Override
    public String jdbcUrl(Access access) {
        return "jdbc:postgresql://" + target(access);
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public DataSource dataSource(Access access) {
        return DriverDataSource.of("org.postgresql.ds.PGSimpleDataSource", driverArtifact(), jdbcUrl(access), access);
    }

    @Override
    public String adminJdbcUrl(String host, int port, Access.Tls tls) {
        String parameters;
        if (tls instanceof Access.AsGiven given) {
            parameters = given.parameters() == null ? "" : "?" + given.parameters();
        } else {
            parameters = "?sslmode=" + (tls instanceof Access.NoTls ? "disable" : "require");
        }
        return "jdbc:postgresql://" + host + ":" + port + "/postgres" + parameters;
    }

    @Override
    public Properties adminProperties(String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "lifebelt-testing");
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "20");
        return properties;
    }

    @Override
    public boolean isStillStarting(SQLException failure) {
        return STARTING_UP.equals(failure.getSQLState());
    }

    @Override
    public void createUserAndDatabase(AdminSession admin, ServerSpec spec) throws SQLException {
        admin.execute(PostgresConfiguration.createUser(spec), PostgresConfiguration.createDatabase(spec));
    }

    @Override
    public void createDatabase(AdminSession admin, String database) throws SQLException {
        admin.execute("CREATE DATABASE " + identifier(database));
    }

    @Override
    public void dropDatabase(AdminSession admin, String database) throws SQLException {
        admin.execute("DROP DATABASE IF EXISTS " + identifier(database) + " WITH (FORCE)");
    }

    /** It takes its orders from signals alone. */
    @Override
    public void beforeStop(AdminSession admin, StopMode mode) {}

    @Override
    public int killSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return awaitEnd(admin, admin.strings(KILLED + sessions(scope) + condition(filter) + TOLD));
    }

    @Override
    public boolean killSession(AdminSession admin, @Nullable String scope, long id) throws SQLException {
        return awaitEnd(admin, admin.strings(KILLED + sessions(scope) + " AND pid = ?" + TOLD, id)) == 1;
    }

    /** A process gets its signal when it gets to it, and can answer a statement or two before. */
    private static int awaitEnd(AdminSession admin, List<String> told) throws SQLException {
        if (!told.isEmpty()) {
            String still = COUNT + "pg_stat_activity WHERE (pid, backend_start) IN (" + String.join(", ", told) + ")";
            if (!AdminSession.await(END, () -> admin.number(still) == 0)) {
                LOG.debug("Of {} sessions that were told to end some are there after {}", told.size(), END);
            }
        }
        return told.size();
    }

    @Override
    public int countSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return admin.number(COUNT + sessions(scope) + condition(filter));
    }

    /** As Azure does when storage runs out. Sessions that are there follow at their next transaction. */
    @Override
    public void setReadOnly(AdminSession admin, boolean readOnly) throws SQLException {
        admin.execute(
                readOnly
                        ? "ALTER SYSTEM SET default_transaction_read_only = on"
                        : "ALTER SYSTEM RESET default_transaction_read_only",
                "SELECT pg_reload_conf()");
        // The server reloads when it gets to it.
        String wanted = readOnly ? "on" : "off";
        if (!AdminSession.await(
                RELOAD,
                () -> admin.strings("SHOW default_transaction_read_only").get(0).equals(wanted))) {
            throw new SQLException("it did not take the setting over within " + RELOAD.toSeconds() + " s");
        }
        // This session may have been told before others; but the server tells all of them before it takes another one.
        admin.close();
        admin.live();
    }

    @Override
    public void setPassword(AdminSession admin, String user, String password) throws SQLException {
        admin.execute("ALTER ROLE " + identifier(user) + " PASSWORD " + literal(password));
    }

    /** The server reloads when it gets to it. */
    @Override
    public void reloadCertificate(AdminSession admin, ServerCertificate shown, int port) throws SQLException {
        X509Certificate expected = read(shown);
        admin.execute("SELECT pg_reload_conf()");
        if (!Waiting.until(RELOAD, () -> ShownCertificate.is(expected, port))) {
            throw new SQLException("it did not show the certificate within " + RELOAD.toSeconds() + " s");
        }
    }

    private static X509Certificate read(ServerCertificate certificate) throws SQLException {
        try {
            return Pem.readCertificates(certificate.chain()).get(0);
        } catch (IOException | CertificateException e) {
            throw new SQLException("the certificate cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void promote(AdminSession admin) throws SQLException {
        if (!admin.strings("SELECT pg_is_in_recovery()").get(0).equals("t")) {
            throw new IllegalStateException("This server is a primary already");
        }
        if (!admin.strings("SELECT pg_promote(true, 15)").get(0).equals("t")) {
            throw new SQLException("it was not promoted within 15 s");
        }
    }

    @Override
    public Cleaning bestCleaning() {
        return Cleaning.TEMPLATE;
    }

    @Override
    public void markClean(AdminSession admin, Access access, Cleaning how) throws SQLException {
        if (how == Cleaning.TRUNCATE) {
            PostgresRows.mark(admin, access);
            return;
        }
        String template = template(access);
        killSessions(admin, access.database(), SessionFilter.ALL);
        dropDatabase(admin, template);
        admin.execute("CREATE DATABASE " + identifier(template) + " TEMPLATE " + identifier(access.database())
                + copying(admin));
    }

    @Override
    public void restoreClean(AdminSession admin, Access access, Cleaning how) throws SQLException {
        if (how == Cleaning.TRUNCATE) {
            PostgresRows.restore(admin, access);
            return;
        }
        dropDatabase(admin, access.database());
        admin.execute("CREATE DATABASE " + identifier(access.database()) + " OWNER " + identifier(access.user())
                + " TEMPLATE " + identifier(template(access)) + copying(admin));
    }

    @Override
    public void makeEmpty(AdminSession admin, Access access) throws SQLException {
        dropDatabase(admin, template(access));
        dropDatabase(admin, access.database());
        admin.execute("CREATE DATABASE " + identifier(access.database()) + " OWNER " + identifier(access.user())
                + copying(admin));
    }

    @Override
    public void forgetClean(AdminSession admin, Access access) throws SQLException {
        dropDatabase(admin, template(access));
    }

    /** File by file, as older versions always do it: through the log it takes three times as long. */
    private static String copying(AdminSession admin) throws SQLException {
        return admin.number("SHOW server_version_num") < CAN_CHOOSE_STRATEGY ? "" : " STRATEGY FILE_COPY";
    }

    private static String template(Access access) {
        return access.database() + "_clean";
    }

    private static String sessions(@Nullable String scope) {
        return "pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                + (scope == null ? " AND usename <> " + literal(ServerSpec.ADMIN) : " AND datname = " + literal(scope));
    }

    private static String condition(SessionFilter filter) {
        return switch (filter) {
            case ALL -> "";
            case IDLE -> " AND state = 'idle'";
            case IN_TRANSACTION -> " AND state LIKE 'idle in transaction%'";
        };
    }

    private static String target(Access access) {
        return access.host() + ":" + access.port() + "/" + Percent.encode(access.database()) + parameters(access.tls());
    }

    private static String parameters(Access.Tls tls) {
        if (tls instanceof Access.Verified verified) {
            return "?sslmode=" + SslMode.VERIFY_FULL + "&sslrootcert=" + Percent.encode(verified.authority());
        }
        if (tls instanceof Access.AsGiven given) {
            return given.parameters() == null ? "" : "?" + given.parameters();
        }
        return "?sslmode=disable";
    }
}
