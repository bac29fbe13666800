package io.github.lifebelt.internal.health;

import io.github.lifebelt.health.HealthReport.Fleet;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import org.jspecify.annotations.Nullable;

/** What all replicas take of a server's connections. */
public final class Fleets {

    private Fleets() {}

    /**
     * Adds it up; null where the server's limit is not known, or that of a pooler comes before it.
     *
     * @param others connections that other users have, as far as that is known
     */
    public static @Nullable Fleet of(
            ServerFacts facts, @Nullable Integer others, int poolSize, int replicas, int surge) {
        Integer ordinary = facts.ordinaryConnections();
        if (ordinary == null || facts.bouncer()) {
            return null;
        }
        int available = ordinary - (others == null ? 0 : others);
        return new Fleet(poolSize * (replicas + surge), Math.max(0, available), poolSize, replicas, surge);
    }

    /** What orchestrators start before they stop the old ones: a quarter, rounded up, as Kubernetes; nothing for one. */
    public static int usualSurge(int replicas) {
        return replicas == 1 ? 0 : (replicas + 3) / 4;
    }
}
