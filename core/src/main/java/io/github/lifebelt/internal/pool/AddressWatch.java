package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees when the database's name has moved: connections to an address that is not its any more are replaced, the idle
 * ones at once, the others when they come back. Fail-overs and blue-green switches move names while the old server goes
 * on answering.
 *
 * <p>An address counts as gone when two looks in a row did not find it, so that one odd answer drains nothing. If DNS
 * does not answer, all stay. If an address comes back that had gone, the name goes round among several servers, its
 * absence means nothing, and the watch ends for good.
 *
 * <p>Runs on the housekeeping thread; not thread-safe.
 */
final class AddressWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);

    private final String pool;
    private final List<DatabaseUrl.Host> hosts;
    private final HostResolver resolver;
    private final Gate gate;
    private final Iterable<Slot> slots;
    private final Runnable warm;
    private final Set<InetAddress> drained = new HashSet<>();
    private Set<InetAddress> missing = Set.of();
    private boolean rotates;

    AddressWatch(PoolConfig config, Gate gate, Iterable<Slot> slots, Runnable warm) {
        this.pool = config.name();
        this.hosts = config.url().hosts();
        this.resolver = config.resolver();
        this.gate = gate;
        this.slots = slots;
        this.warm = warm;
    }

    @Override
    public void run() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.warn("{}: cannot compare the connections' addresses with the host's", pool, e);
        }
    }

    private void look() {
        // Without connections there is nothing to compare; and a pool that is suspended is to leave the network alone.
        Set<InetAddress> now = rotates || !gate.isOpen() || !anyConnected() ? null : addresses();
        if (now == null) {
            return;
        }
        if (drained.stream().anyMatch(now::contains)) {
            rotates = true;
            LOG.info("{}: the addresses of {} go round; connections are not drained for them any more", pool, hosts);
            return;
        }
        Set<InetAddress> gone = new HashSet<>();
        boolean retired = false;
        for (Slot slot : slots) {
            Physical physical = slot.physical();
            InetAddress at = physical == null ? null : physical.address();
            if (physical == null || at == null || now.contains(at)) {
                continue;
            }
            gone.add(at);
            if (missing.contains(at)) {
                physical.retire(CloseReason.MOVED, "its host's name leads elsewhere by now");
                retired = true;
            }
        }
        gone.stream()
                .filter(missing::contains)
                .filter(drained::add)
                .forEach(at -> LOG.info(
                        "{}: {} is no address of {} any more; its connections are replaced",
                        pool,
                        at.getHostAddress(),
                        hosts));
        missing = gone;
        if (retired) {
            warm.run();
        }
    }

    private boolean anyConnected() {
        for (Slot slot : slots) {
            if (slot.physical() != null) {
                return true;
            }
        }
        return false;
    }

    /** Of all hosts, or null if one cannot be looked up. */
    private @Nullable Set<InetAddress> addresses() {
        Set<InetAddress> found = new HashSet<>();
        for (DatabaseUrl.Host host : hosts) {
            if (host.name().isEmpty() || host.name().startsWith("/")) {
                return null;
            }
            try {
                found.addAll(HostResolver.addresses(resolver, host.name()));
            } catch (UnknownHostException e) {
                LOG.debug("{}: {} cannot be looked up; its connections stay", pool, host, e);
                return null;
            }
        }
        return found.isEmpty() ? null : found;
    }
}
