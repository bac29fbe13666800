package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the pool's settings with what the server says of itself. A default that does not fit is lowered; a setting
 * that was made is kept, and a warning says why it cannot work. One line for each server that is new to the pool.
 */
final class ServerLimits {

    /** What is done about a default that does not fit. */
    interface Remedies {
        void resize(int maxSize);

        void keepAlive(Duration period);
    }

    /** The part of the facts that is looked at. */
    private record Limits(
            @Nullable Duration idleTimeout, @Nullable Integer connections, boolean bouncer) {
        static Limits of(ServerFacts facts) {
            return new Limits(facts.idleTimeout(), facts.ordinaryConnections(), facts.bouncer());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ServerLimits.class);
    // HikariCP takes no shorter period.
    private static final Duration SHORTEST_KEEPALIVE = Duration.ofSeconds(30);

    private final PoolConfig config;
    private final Remedies remedies;
    private volatile @Nullable Limits met;

    ServerLimits(PoolConfig config, Remedies remedies) {
        this.config = config;
        this.remedies = remedies;
    }

    /** A connection was made to a server that says this. */
    void met(ServerFacts facts) {
        Limits limits = Limits.of(facts);
        if (limits.equals(met)) {
            return;
        }
        synchronized (this) {
            Limits before = met;
            if (limits.equals(before)) {
                return;
            }
            met = limits;
            compare(facts, limits, before);
        }
    }

    private void compare(ServerFacts facts, Limits limits, @Nullable Limits before) {
        List<String> notes = new ArrayList<>();
        Integer connections = limits.connections();
        // A bouncer has a limit of its own in front of the server's.
        if (connections != null && !limits.bouncer() && (before == null || !connections.equals(before.connections()))) {
            fitSize(facts, connections, notes);
        }
        Duration idleTimeout = limits.idleTimeout();
        if (idleTimeout != null && (before == null || !Objects.equals(idleTimeout, before.idleTimeout()))) {
            fitKeepalive(idleTimeout, notes);
        }
        if (!notes.isEmpty()) {
            LOG.warn("{}: {} {}: {}", config.name(), facts.product(), facts.version(), String.join("; ", notes));
        }
        if (before == null) {
            LOG.info(
                    "{}: connected to {} {}{}",
                    config.name(),
                    facts.product(),
                    facts.version(),
                    limits.bouncer() ? " through a connection pooler" : "");
        }
    }

    private void fitSize(ServerFacts facts, int connections, List<String> notes) {
        if (config.maxSize() <= connections || connections < 1) {
            return;
        }
        String why = "the server takes " + connections + " connections of ordinary users (max_connections "
                + facts.maxConnections() + " less those reserved)";
        if (config.given().maxSize()) {
            notes.add("max-size " + config.maxSize() + " was set and cannot be reached: " + why);
        } else if (config.minIdle() <= connections) {
            notes.add("max-size is lowered from its default " + config.maxSize() + " to " + connections + ": " + why);
            remedies.resize(connections);
        }
    }

    private void fitKeepalive(Duration idleTimeout, List<String> notes) {
        Duration keepalive = config.keepalive();
        if (!keepalive.isZero() && keepalive.compareTo(idleTimeout) < 0) {
            return;
        }
        String why = "the server ends sessions that were idle for " + Durations.text(idleTimeout);
        Duration half = idleTimeout.dividedBy(2);
        if (config.given().keepalive()) {
            if (!keepalive.isZero()) {
                notes.add("keepalive " + Durations.text(keepalive) + " was set and comes too late: " + why);
            }
        } else if (!keepalive.isZero() && half.compareTo(SHORTEST_KEEPALIVE) >= 0) {
            notes.add("keepalive is lowered from its default " + Durations.text(keepalive) + " to "
                    + Durations.text(half) + ": " + why);
            remedies.keepAlive(half);
        } else if (!keepalive.isZero()) {
            notes.add("no keepalive is that quick, so idle connections end and are replaced on borrow: " + why);
        }
    }
}
