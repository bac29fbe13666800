package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.internal.named.NamedEngine;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import org.jspecify.annotations.Nullable;

/**
 * A server that was started, or found, for a test.
 *
 * @param provider who provides it, never {@link ServerProvider#AUTOMATIC}
 * @param spec what it became: the product may be another than the one asked for, if that was said
 * @param family what its SQL is like
 * @param server the server
 * @param access how its ordinary user gets in
 * @param admin how its administrator does
 * @param scope the database whose sessions are ours, on a server that has others; else null
 */
public record Provision(
        ServerProvider provider,
        ServerSpec spec,
        Family family,
        Server server,
        Access access,
        AdminSession admin,
        @Nullable String scope) {

    /** One that is the fixture's own, just started: TLS with our certificates, and our administrator. */
    static Provision own(ServerProvider provider, ServerSpec spec, Server server) {
        Family family = Families.of(spec.product());
        Access.Tls tls = tls(spec);
        Access access = new Access(server.host(), server.port(), spec.database(), spec.user(), spec.password(), tls);
        AdminSession admin = new AdminSession(
                family,
                family.adminJdbcUrl(server.host(), server.port(), tls),
                family.adminProperties(ServerSpec.ADMIN, spec.adminPassword()));
        return new Provision(provider, spec, family, server, access, admin, null);
    }

    /** Refuses what would hit others on a server that is not the fixture's own: {@code what} is to be done to it. */
    public void refuseIfShared(String what) {
        if (scope != null) {
            throw NamedEngine.cannot(what);
        }
    }

    private static Access.Tls tls(ServerSpec spec) {
        if (!spec.tls()) {
            return new Access.NoTls();
        }
        TestCertificates certificates = TestCertificates.shared();
        return new Access.Verified(
                certificates.authority(), certificates.authorityTrustStore(), TestCertificates.TRUST_STORE_PASSWORD);
    }
}
