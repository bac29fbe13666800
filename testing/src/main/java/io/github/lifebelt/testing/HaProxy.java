package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.gateway.HaProxyPrograms;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * HAProxy in front of one or more servers, as a load balancer has it: TLS and all else goes through unchanged, to the
 * first server that is up, or that takes writes. Sessions of a server that goes down, or stops being the writer, are ended.
 *
 * <p>HAProxy has to be installed on the machine (package {@code haproxy}). Thread-safe.
 */
public final class HaProxy implements Gateway, AutoCloseable {
    private final Server server;
    private final Path commands;
    private final List<Integer> ports;
    private final List<WriterCheck> checks;

    private HaProxy(Server server, Path commands, List<Integer> ports, List<WriterCheck> checks) {
        this.server = server;
        this.commands = commands;
        this.ports = ports;
        this.checks = checks;
    }

    /**
     * Starts one.
     *
     * @param first the server that is used while it is up
     * @param others servers that are used when those before are down
     * @return it takes connections; close it
     * @throws IllegalStateException if HAProxy is not installed or does not start
     */
    public static HaProxy inFrontOf(TestDatabase first, TestDatabase... others) {
        return start(all(first, others), List.of());
    }

    /**
     * Starts one that goes by the servers' roles: to the first that takes writes, as it is set up beside Patroni. Each
     * server is asked ten times a second.
     *
     * @param first one server
     * @param others its replicas
     * @return it takes connections; close it before the servers
     * @throws IllegalStateException if HAProxy is not installed or does not start
     */
    public static HaProxy toTheWriter(TestDatabase first, TestDatabase... others) {
        List<TestDatabase> databases = all(first, others);
        List<WriterCheck> checks = new ArrayList<>();
        try {
            for (TestDatabase database : databases) {
                checks.add(new WriterCheck(database));
            }
            return start(databases, checks);
        } catch (IOException e) {
            checks.forEach(WriterCheck::close);
            throw new UncheckedIOException("Cannot start the check of a server's role: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            checks.forEach(WriterCheck::close);
            throw e;
        }
    }

    private static List<TestDatabase> all(TestDatabase first, TestDatabase... others) {
        List<TestDatabase> all = new ArrayList<>();
        all.add(first);
        all.addAll(List.of(others));
        return all;
    }

    private static HaProxy start(List<TestDatabase> databases, List<WriterCheck> checks) {
        List<Integer> ports = databases.stream().map(TestDatabase::port).toList();
        List<Integer> checkPorts = checks.stream().map(WriterCheck::port).toList();
        try {
            EmbeddedEngine engine = new EmbeddedEngine(
                    HaProxyPrograms.inFrontOf(ports, checkPorts),
                    databases.get(0).spec());
            Server server = new Server(engine);
            server.startOrClose();
            return new HaProxy(server, engine.data().resolve(HaProxyPrograms.COMMANDS), ports, checks);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start HAProxy: " + e.getMessage(), e);
        }
    }

    @Override
    public int port() {
        return server.port();
    }

    /** Ends all sessions, as a balancer does that drains or forgets: clients see their connection closed. */
    public void endSessions() {
        for (int i = 0; i < ports.size(); i++) {
            command("shutdown sessions server servers/s" + i);
        }
    }

    /**
     * Takes a server out of use and ends its sessions, as in a switch-over.
     *
     * @param database one of those it was started for
     */
    public void disable(TestDatabase database) {
        command("set server servers/s" + index(database) + " state maint");
        command("shutdown sessions server servers/s" + index(database));
    }

    /**
     * Takes a server into use again.
     *
     * @param database one of those it was started for
     */
    public void enable(TestDatabase database) {
        command("set server servers/s" + index(database) + " state ready");
    }

    /** Stops it and removes all it had. Idempotent. */
    @Override
    public void close() {
        server.close();
        checks.forEach(WriterCheck::close);
    }

    private int index(TestDatabase database) {
        int index = ports.indexOf(database.port());
        if (index < 0) {
            throw new IllegalArgumentException("HAProxy was not started for " + database);
        }
        return index;
    }

    /** It answers each command with text and closes; no text but a line's end is no complaint. */
    private void command(String text) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(commands));
            channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
            StringBuilder answer = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(1_000);
            while (channel.read(buffer) >= 0) {
                answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                buffer.clear();
            }
            if (!answer.toString().isBlank()) {
                throw new IllegalStateException(
                        "HAProxy refused '" + text + "': " + answer.toString().trim());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("HAProxy could not be told '" + text + "': " + e.getMessage(), e);
        }
    }
}
