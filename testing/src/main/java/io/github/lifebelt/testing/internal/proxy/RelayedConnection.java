package io.github.lifebelt.testing.internal.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection through a {@link Relay}: a thread for each direction, which passes message by message. */
final class RelayedConnection implements Passage {
    private static final Logger LOG = LoggerFactory.getLogger(RelayedConnection.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    /** Looks at a message before it goes on. */
    private interface Look {
        @Nullable
        Loss at(Message message) throws IOException;
    }

    private final Relay relay;
    private final Socket clientSocket;
    private final Socket serverSocket = new Socket();
    private final Leg client;
    private final Leg server = new Leg(serverSocket);
    private final Follower follower;
    private final String threadName;
    private final IntConsumer silencer;
    private final AtomicInteger active = new AtomicInteger();
    private volatile boolean lost;

    RelayedConnection(Relay relay, Socket clientSocket, Follower follower, String threadName, IntConsumer silencer) {
        this.relay = relay;
        this.clientSocket = clientSocket;
        this.client = new Leg(clientSocket);
        this.follower = follower;
        this.threadName = threadName;
        this.silencer = silencer;
    }

    /** Connects to the server and relays. */
    void open(InetSocketAddress address) {
        start("connect", () -> {
            try {
                clientSocket.setTcpNoDelay(true);
                serverSocket.setTcpNoDelay(true);
                serverSocket.connect(
                        new InetSocketAddress(address.getHostString(), address.getPort()), CONNECT_TIMEOUT_MILLIS);
                follower.open(client, server);
            } catch (EOFException e) {
                LOG.trace("Closed before a login", e);
                close();
                return;
            } catch (IOException e) {
                LOG.debug("No connection to port {}: {}", address.getPort(), e.getMessage());
                reset();
                return;
            }
            start("to-server", () -> pump(client, server, follower::request));
            start("to-client", () -> pump(server, client, follower::answer));
        });
    }

    void finishIfLost() {
        if (lost) {
            finish();
        }
    }

    @Override
    public void reset() {
        client.reset();
        server.reset();
        relay.forget(this);
    }

    @Override
    public boolean hasEnded() {
        return active.get() == 0;
    }

    void close() {
        client.close();
        server.close();
        relay.forget(this);
    }

    private void finish() {
        client.finish();
        server.finish();
    }

    private void pump(Leg from, Leg to, Look look) {
        try {
            OutputStream out = to.bufferedOutput();
            Source source = new Source(from.input(), out);
            passOn(source, out, look);
            if (lost) {
                // Neither side is to feel that nobody takes what it sends.
                source.drain();
            } else {
                to.finish();
            }
        } catch (ProtocolException | RuntimeException e) {
            LOG.warn("What passes is not understood: {}", e.getMessage(), e);
            reset();
        } catch (IOException e) {
            LOG.trace("Broken off", e);
            if (!lost) {
                reset();
            }
        }
    }

    private void passOn(Source source, OutputStream out, Look look) throws IOException {
        for (Message message = follower.read(source); message != null && !lost; message = follower.read(source)) {
            Loss loss = look.at(message);
            if (loss != null) {
                lose(message, loss, out);
                return;
            }
            message.writeTo(out, source);
        }
    }

    private void lose(Message message, Loss loss, OutputStream out) throws IOException {
        lost = true;
        if (loss.half()) {
            message.writeHalfTo(out);
        }
        out.flush();
        switch (loss.ending()) {
            case RESET -> reset();
            case FINISH -> finish();
            case SILENCE -> silencer.accept(clientSocket.getPort());
        }
    }

    private void start(String name, Runnable task) {
        active.incrementAndGet();
        Thread thread = new Thread(() -> run(task), threadName + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            if (active.decrementAndGet() == 0) {
                close();
            }
        }
    }
}
