package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.ServerProvider;
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
        @Nullable String scope) {}
