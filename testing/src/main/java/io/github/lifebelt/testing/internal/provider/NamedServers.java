package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.internal.named.NamedEngine;
import io.github.lifebelt.testing.internal.named.NamedUrl;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Servers that run already and are named by a connection string; each fixture gets a database of its own there. */
final class NamedServers implements Provider {
    private static final Map<DatabaseProduct, String> VARIABLES = Map.of(
            DatabaseProduct.POSTGRESQL, "LIFEBELT_TEST_POSTGRES_URL",
            DatabaseProduct.MYSQL, "LIFEBELT_TEST_MYSQL_URL",
            DatabaseProduct.MARIADB, "LIFEBELT_TEST_MARIADB_URL");
    private static final String PROPERTY = "lifebelt.testing.url.";
    private static final String ELSE = "; ask for EMBEDDED or TESTCONTAINERS";
    private static final int LENGTH_OF_SUFFIX = 12;

    @Override
    public @Nullable String obstacle(DatabaseProduct product) {
        return setting(product) == null ? VARIABLES.get(product) + " is not set" : null;
    }

    /** Reads the connection string, so that it fails before anything else is done. */
    @Override
    public void prepare(DatabaseProduct product, @Nullable String version) {
        url(product);
    }

    @Override
    public Provision start(ServerSpec spec) {
        NamedUrl url = url(spec.product());
        refuseWhatCannotBeHad(spec, url);
        Family family = Families.of(spec.product());
        Access.Tls tls = new Access.AsGiven(url.parameters());
        Access named = new Access(url.host(), url.port(), url.database(), url.user(), url.password(), tls);
        Access access = new Access(url.host(), url.port(), unusedName(), url.user(), url.password(), tls);
        AdminSession admin =
                new AdminSession(family, family.jdbcUrl(named), family.adminProperties(url.user(), url.password()));
        NamedEngine engine = new NamedEngine(family, admin, access, spec.product() + " server of " + url);
        Server server = new Server(engine);
        try {
            refuseAnother(spec, family.version(admin), url.source());
            createDatabase(engine, url);
        } catch (SQLException e) {
            server.close();
            throw new IllegalStateException("The " + engine.description() + ", does not answer: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        ServerSpec became = new ServerSpec(
                spec.product(),
                spec.version(),
                null,
                null,
                url.user(),
                url.password(),
                access.database(),
                "",
                Map.of());
        return new Provision(ServerProvider.NAMED, became, family, server, access, admin, access.database());
    }

    private static void createDatabase(NamedEngine engine, NamedUrl url) {
        try {
            engine.createDatabase();
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The user of " + url.source() + " must be allowed to create databases (CREATEDB in PostgreSQL,"
                            + " ALL ON `lifebelt\\_%`.* in MySQL); the server says: " + e.getMessage(),
                    e);
        }
    }

    /** What the test asks of the server itself would otherwise be lost without a word. */
    private static void refuseWhatCannotBeHad(ServerSpec spec, NamedUrl url) {
        String wanted = null;
        if (!spec.parameters().isEmpty()) {
            wanted = "settings " + spec.parameters().keySet();
        } else if (spec.tls() && !TestCertificates.shared().server().equals(spec.certificate())) {
            wanted = "a certificate of its own";
        } else if (spec.clientAuthority() != null) {
            wanted = "client certificates";
        } else if (!spec.hasDefaultNames()) {
            wanted = "a user, password or database of its own";
        } else if (spec.tls() && url.plain()) {
            wanted = "TLS, which " + url.source() + " switches off";
        } else if (!spec.tls() && !url.plain()) {
            wanted = "no TLS, which " + url.source() + " does not switch off";
        }
        if (wanted != null) {
            throw new IllegalStateException(
                    "The test asks for " + wanted + ", and the server of " + url + ", is not the fixture's" + ELSE);
        }
    }

    private static void refuseAnother(ServerSpec spec, String found, String source) {
        String wanted = spec.version();
        String number = found.substring(found.indexOf(' ') + 1);
        if (wanted != null && !(number + ".").startsWith(wanted + ".") && !number.startsWith(wanted + " ")) {
            throw new IllegalStateException(
                    "The test asks for version " + wanted + ", and " + source + " names " + found + ELSE);
        }
    }

    private static NamedUrl url(DatabaseProduct product) {
        String text = setting(product);
        if (text == null) {
            throw new IllegalStateException(VARIABLES.get(product) + " is not set any more");
        }
        return NamedUrl.parse(product, source(product), text);
    }

    private static @Nullable String setting(DatabaseProduct product) {
        @Nullable String text = System.getProperty(property(product), System.getenv(VARIABLES.get(product)));
        return text == null || text.isBlank() ? null : text;
    }

    private static String source(DatabaseProduct product) {
        return System.getProperty(property(product)) != null
                ? property(product)
                : VARIABLES.getOrDefault(product, product.toString());
    }

    private static String property(DatabaseProduct product) {
        return PROPERTY + product.toString().toLowerCase(Locale.ROOT);
    }

    private static String unusedName() {
        return "lifebelt_" + UUID.randomUUID().toString().replace("-", "").substring(0, LENGTH_OF_SUFFIX);
    }
}
