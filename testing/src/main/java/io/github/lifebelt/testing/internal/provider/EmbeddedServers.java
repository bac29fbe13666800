package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.internal.postgres.PostgresPrograms;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.EmbeddedPrograms;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Platform;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Servers run as child processes of this JVM. */
final class EmbeddedServers implements Provider {
    @Override
    public @Nullable String obstacle(DatabaseProduct product) {
        return Platform.isWindows()
                ? "embedded servers run on Linux and macOS; on Windows run the build in WSL2"
                : null;
    }

    @Override
    public void prepare(DatabaseProduct product, @Nullable String version) throws IOException {
        programs(product, version).prepare();
    }

    @Override
    public Provision start(ServerSpec spec) throws IOException {
        return start(new EmbeddedEngine(programs(spec.product(), spec.version()), spec));
    }

    /** Starts an engine that was made in whatever way. */
    static Provision start(EmbeddedEngine engine) {
        ServerSpec spec = engine.spec();
        Server server = new Server(engine);
        server.startOrClose();
        Family family = Families.of(spec.product());
        Access.Tls tls = tls(spec);
        Access access = new Access(server.host(), server.port(), spec.database(), spec.user(), spec.password(), tls);
        AdminSession admin = new AdminSession(
                family,
                family.adminJdbcUrl(server.host(), server.port(), tls),
                family.adminProperties(ServerSpec.ADMIN, spec.adminPassword()));
        return new Provision(ServerProvider.EMBEDDED, spec, family, server, access, admin, null);
    }

    /** How clients protect themselves to a server that shows one of our certificates. */
    static Access.Tls tls(ServerSpec spec) {
        if (!spec.tls()) {
            return new Access.NoTls();
        }
        TestCertificates certificates = TestCertificates.shared();
        return new Access.Verified(
                certificates.authority(), certificates.authorityTrustStore(), TestCertificates.TRUST_STORE_PASSWORD);
    }

    private static EmbeddedPrograms programs(DatabaseProduct product, @Nullable String version) throws IOException {
        return switch (product) {
            case POSTGRESQL -> PostgresPrograms.get(version);
            case MYSQL, MARIADB -> throw new UnsupportedOperationException(product.toString());
        };
    }
}
