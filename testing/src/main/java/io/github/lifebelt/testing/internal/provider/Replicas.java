package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.internal.postgres.PostgresReplica;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Replicas of servers that can have one. */
public final class Replicas {
    private Replicas() {}

    /** Starts a streaming replica of a running primary. */
    public static Provision of(Provision primary) {
        if (primary.spec().product() != DatabaseProduct.POSTGRESQL
                || !(primary.server().engine() instanceof EmbeddedEngine engine)) {
            throw new UnsupportedOperationException("Only an embedded PostgreSQL can have a replica, and this is "
                    + primary.server().description());
        }
        return primary.server()
                .askWhileRunning(() -> Optional.of(start(primary, engine)), Optional.<Provision>empty())
                .orElseThrow(() -> new IllegalStateException("The server on port "
                        + primary.server().port() + " does not run, so it cannot have a replica"));
    }

    private static Provision start(Provision primary, EmbeddedEngine engine) {
        try {
            return EmbeddedServers.start(PostgresReplica.of(engine, primary.admin()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a replica: " + e.getMessage(), e);
        }
    }
}
