package io.github.lifebelt.apps.benchmarks.pools;

import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.TestDatabase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The embedded servers of a run, one that demands TLS and one without, and the slow networks in front of them. Each is
 * started when it is first asked for. For one thread.
 */
public final class Servers implements AutoCloseable {

    // A pool of 500, or the refill of some pools of 50.
    private static final int MAX_CONNECTIONS = 600;

    private final Database kind;
    private final Map<Boolean, TestDatabase> databases = new HashMap<>();
    private final Map<Wire, Endpoint> endpoints = new HashMap<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Servers of PostgreSQL. */
    public Servers() {
        this(Database.POSTGRES);
    }

    /** Servers of one kind. */
    public Servers(Database kind) {
        this.kind = kind;
    }

    /** Of which kind they are. */
    public Database kind() {
        return kind;
    }

    /** The server itself, for faults. */
    public TestDatabase database(boolean tls) {
        return databases.computeIfAbsent(tls, demanded -> {
            TestDatabase started = TestDatabase.of(kind.product())
                    .provider(ServerProvider.EMBEDDED)
                    .tls(demanded)
                    .maxConnections(MAX_CONNECTIONS)
                    .start();
            opened.push(started);
            return started;
        });
    }

    /** Where to connect to for a kind of wire. */
    public Endpoint endpoint(Wire wire) {
        return endpoints.computeIfAbsent(wire, this::open);
    }

    private Endpoint open(Wire wire) {
        TestDatabase database = database(wire.tls());
        return wire.roundTrip().isZero() ? Endpoint.of(database) : Endpoint.of(database, slow(database, wire));
    }

    /** The same server by way of a proxy, whose bytes can be counted. */
    public Endpoint endpoint(boolean tls, FaultProxy proxy) {
        return Endpoint.of(database(tls), proxy);
    }

    /** A proxy to a server, to be closed with the servers. */
    public FaultProxy proxy(boolean tls) {
        TestDatabase database = database(tls);
        FaultProxy proxy = FaultProxy.to(database.host(), database.port());
        opened.push(proxy);
        return proxy;
    }

    private FaultProxy slow(TestDatabase database, Wire wire) {
        FaultProxy proxy = FaultProxy.to(database.host(), database.port());
        proxy.latency(wire.roundTrip().dividedBy(2));
        opened.push(proxy);
        return proxy;
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
