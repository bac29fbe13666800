package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.account;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.identifier;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.Cleaning;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.DriverDataSource;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import io.github.lifebelt.testing.internal.system.Percent;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** MySQL and MariaDB in their own words, through MySQL's driver. */
public final class MySqlFamily implements Family {
    private static final int SERVER_NOT_AVAILABLE_YET = 3168;
    // Without TLS a password is sent under the server's RSA key, which has to be asked for.
    private static final String ASK_FOR_KEY = "allowPublicKeyRetrieval";
    private static final String RSA_KEY = ASK_FOR_KEY + "=true";

    private final boolean mariaDb;
    private final MySqlSessions sessions = new MySqlSessions();
    private final CleanDatabase clean = new CleanDatabase(sessions);

    /** Either of the two. */
    public MySqlFamily(DatabaseProduct product) {
        this.mariaDb = product == DatabaseProduct.MARIADB;
    }

    @Override
    public String driverArtifact() {
        return "com.mysql:mysql-connector-j";
    }

    /** MariaDB adds its own name and the system's package to the number. */
    @Override
    public String version(AdminSession admin) throws SQLException {
        String version = admin.strings("SELECT version()").get(0);
        return (mariaDb ? "MariaDB " : "MySQL ") + version.replaceFirst("-.*", "");
    }

    @Override
    public String url(Access access) {
        return "mysql://" + Percent.encode(access.user()) + ":" + Percent.encode(access.password()) + "@"
                + target(access) + urlParameters(access.tls());
    }

    @Override
    public DatabaseUrl databaseUrl(Access access) {
        DatabaseUrl url = Family.super.databaseUrl(access);
        return access.tls() instanceof Access.NoTls
                ? url.toBuilder().parameter(ASK_FOR_KEY, "true").build()
                : url;
    }

    @Override
    public String jdbcUrl(Access access) {
        return "jdbc:mysql://" + target(access) + jdbcParameters(access.tls());
    }

    @Override
    public String dialect() {
        return "mysql";
    }

    @Override
    public DataSource dataSource(Access access) {
        return DriverDataSource.of("com.mysql.cj.jdbc.MysqlDataSource", driverArtifact(), jdbcUrl(access), access);
    }

    @Override
    public String adminJdbcUrl(String host, int port, Access.Tls tls) {
        String parameters;
        if (tls instanceof Access.Verified) {
            // Even in this mode the driver refuses a certificate that has expired, and with another factory it does
            // not.
            parameters = "?sslMode=REQUIRED&socketFactory=" + TrustingSocketFactory.class.getName();
        } else {
            parameters = jdbcParameters(tls);
        }
        return "jdbc:mysql://" + host + ":" + port + "/" + parameters;
    }

    @Override
    public Properties adminProperties(String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "3000");
        properties.setProperty("socketTimeout", "20000");
        properties.setProperty("connectionAttributes", "program_name:lifebelt-testing");
        // Texts are written for exactly this mode, and rows are put back as they were, a zero for a number included.
        properties.setProperty(
                "sessionVariables",
                "sql_mode='NO_AUTO_VALUE_ON_ZERO',foreign_key_checks=0,"
                        + "lock_wait_timeout=10,innodb_lock_wait_timeout=10");
        properties.setProperty("jdbcCompliantTruncation", "false");
        return properties;
    }

    /** As a rule it says nothing at all before it is ready. */
    @Override
    public boolean isStillStarting(SQLException failure) {
        return failure.getErrorCode() == SERVER_NOT_AVAILABLE_YET;
    }

    @Override
    public void createUserAndDatabase(AdminSession admin, ServerSpec spec) throws SQLException {
        admin.execute(MySqlConfiguration.createUserAndDatabase(spec).toArray(String[]::new));
    }

    @Override
    public void createDatabase(AdminSession admin, String database) throws SQLException {
        admin.execute("CREATE DATABASE " + identifier(database));
    }

    @Override
    public void dropDatabase(AdminSession admin, String database) throws SQLException {
        sessions.endAll(admin, database);
        admin.execute("DROP DATABASE IF EXISTS " + identifier(database));
    }

    /** The signal is the same for both modes, so what is different is said before: 2 is without writing anything out. */
    @Override
    public void beforeStop(AdminSession admin, StopMode mode) throws SQLException {
        if (mode == StopMode.IMMEDIATE) {
            admin.execute("SET GLOBAL innodb_fast_shutdown = 2");
        }
        if (!mariaDb) {
            // MySQL would wait two seconds for sessions that wait for their clients, before it ends them all the same.
            killSessions(admin, null, SessionFilter.ALL);
            admin.close();
        }
    }

    @Override
    public int killSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return sessions.kill(admin, scope, filter);
    }

    @Override
    public boolean killSession(AdminSession admin, @Nullable String scope, long id) throws SQLException {
        return sessions.kill(admin, scope, id);
    }

    @Override
    public int countSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException {
        return sessions.count(admin, scope, filter);
    }

    /** The ordinary user has none of the privileges that are exempt. */
    @Override
    public void setReadOnly(AdminSession admin, boolean readOnly) throws SQLException {
        admin.execute("SET GLOBAL read_only = " + (readOnly ? "ON" : "OFF"));
    }

    @Override
    public void setPassword(AdminSession admin, String user, String password) throws SQLException {
        admin.execute("ALTER USER " + account(user) + " IDENTIFIED BY " + literal(password));
    }

    @Override
    public void reloadCertificate(AdminSession admin, ServerCertificate shown, int port) throws SQLException {
        admin.execute(mariaDb ? "FLUSH SSL" : "ALTER INSTANCE RELOAD TLS");
    }

    @Override
    public void promote(AdminSession admin) {
        throw new UnsupportedOperationException("Only PostgreSQL can have a replica here");
    }

    @Override
    public Cleaning bestCleaning() {
        return Cleaning.TRUNCATE;
    }

    @Override
    public void markClean(AdminSession admin, Access access, Cleaning how) throws SQLException {
        if (how == Cleaning.TEMPLATE) {
            throw new UnsupportedOperationException(
                    (mariaDb ? "MariaDB" : "MySQL") + " has no templates of databases; use " + Cleaning.TRUNCATE);
        }
        clean.mark(admin, access.database());
    }

    @Override
    public void restoreClean(AdminSession admin, Access access, Cleaning how) throws SQLException {
        clean.restore(admin, access.database());
    }

    /** What a user may do in a database does not go with it. */
    @Override
    public void makeEmpty(AdminSession admin, Access access) throws SQLException {
        clean.forget(admin, access.database());
        dropDatabase(admin, access.database());
        createDatabase(admin, access.database());
    }

    @Override
    public void forgetClean(AdminSession admin, Access access) throws SQLException {
        clean.forget(admin, access.database());
    }

    private static String target(Access access) {
        return access.host() + ":" + access.port() + "/" + Percent.encode(access.database());
    }

    private static String urlParameters(Access.Tls tls) {
        if (tls instanceof Access.Verified verified) {
            return "?ssl-mode=VERIFY_IDENTITY&ssl-ca=" + Percent.encode(verified.authority());
        }
        return tls instanceof Access.AsGiven given ? asGiven(given) : "?ssl-mode=DISABLED&" + RSA_KEY;
    }

    private static String jdbcParameters(Access.Tls tls) {
        if (tls instanceof Access.Verified verified) {
            return "?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreUrl=file:"
                    + Percent.encode(verified.trustStore()) + "&trustCertificateKeyStoreType=PKCS12"
                    + "&trustCertificateKeyStorePassword=" + Percent.encode(verified.trustStorePassword());
        }
        return tls instanceof Access.AsGiven given ? asGiven(given) : "?sslMode=DISABLED&" + RSA_KEY;
    }

    private static String asGiven(Access.AsGiven given) {
        return given.parameters() == null ? "" : "?" + given.parameters();
    }
}
