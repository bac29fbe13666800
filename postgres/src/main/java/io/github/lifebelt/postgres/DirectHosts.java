package io.github.lifebelt.postgres;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.util.List;
import java.util.Set;

/**
 * The servers behind poolers that host and port give away: Azure's PgBouncer listens beside its server, Neon's under a
 * name of its own.
 */
final class DirectHosts {

    // The server's own PgBouncer, and those of an elastic cluster's nodes, whose coordinator is the one to migrate.
    private static final Set<Integer> AZURE_BOUNCERS = Set.of(6432, 8432);
    private static final int SERVER = 5432;
    private static final String NEON_POOLER = "-pooler";

    private DirectHosts() {}

    static boolean isAzureBouncer(Host host) {
        return host.port() != null && AZURE_BOUNCERS.contains(host.port()) && ManagedHosts.isAzure(host.name());
    }

    /** The same database by the way past its pooler; the very same URL if it leads to none that is known. */
    static DatabaseUrl of(DatabaseUrl url) {
        List<Host> direct = url.hosts().stream().map(DirectHosts::of).toList();
        if (direct.equals(url.hosts())) {
            return url;
        }
        DatabaseUrl.Builder builder = DatabaseUrl.builder(url.dialect())
                .database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(url.sslMode())
                .sslRootCert(url.sslRootCert())
                .options(url.options());
        for (Host host : direct) {
            if (host.port() == null) {
                builder.host(host.name());
            } else {
                builder.host(host.name(), host.port());
            }
        }
        url.parameters().forEach(builder::parameter);
        url.settings().forEach(builder::setting);
        return builder.build();
    }

    private static Host of(Host host) {
        if (isAzureBouncer(host)) {
            return new Host(host.name(), SERVER);
        }
        int label = host.name().indexOf('.');
        if (label > NEON_POOLER.length()
                && ManagedHosts.isNeon(host.name())
                && host.name().startsWith(NEON_POOLER, label - NEON_POOLER.length())) {
            String direct = host.name().substring(0, label - NEON_POOLER.length())
                    + host.name().substring(label);
            return new Host(direct, host.port());
        }
        return host;
    }
}
