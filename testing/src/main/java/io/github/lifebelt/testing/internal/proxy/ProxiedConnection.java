package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection through a {@link Proxy}, with the one to the server behind it. */
final class ProxiedConnection implements Passage {
    private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    // A server's greeting with its part of a TLS handshake; the certificate chain is most of it.
    private static final int HANDSHAKE_BYTES = 2_000;

    private final Proxy proxy;
    private final Socket client;
    private final Socket server = new Socket();
    private final DelayLine toServer;
    private final DelayLine toClient;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicBoolean serverSpokeLast = new AtomicBoolean(true);
    private volatile long lastPassedNanos = System.nanoTime();
    private volatile boolean lost;
    private volatile boolean silent;
    private volatile boolean finishing;
    private volatile boolean halfOpen;

    ProxiedConnection(Proxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
        boolean slow = proxy.conditions().handshakePauseNanos() > 0;
        this.toServer = new DelayLine(this, client, server, proxy.bytesToServer, proxy.newRandom(), 0);
        this.toClient =
                new DelayLine(this, server, client, proxy.bytesToClient, proxy.newRandom(), slow ? HANDSHAKE_BYTES : 0);
    }

    /** One side has sent something, and it was not swallowed. */
    void carries() {
        lastPassedNanos = System.nanoTime();
    }

    /** Something passes on a line. A round trip begins when the client speaks for the first time since the server has. */
    void passes(DelayLine line) {
        carries();
        if (line == toClient) {
            serverSpokeLast.set(true);
        } else if (serverSpokeLast.compareAndSet(true, false)) {
            proxy.roundTrips.increment();
        }
    }

    /** Connects to the server and forwards. */
    void open(InetSocketAddress address) {
        start("connect", () -> {
            try {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.connect(address, CONNECT_TIMEOUT_MILLIS);
            } catch (IOException e) {
                LOG.debug("The server at {} took no connection: {}", address, e.getMessage());
                reset();
                return;
            }
            if (halfOpen) {
                finishServer();
            }
            start("to-server-read", toServer::read);
            start("to-server-write", toServer::write);
            start("to-client-read", toClient::read);
            start("to-client-write", toClient::write);
        });
    }

    /** Never answers: reads what the client sends, and has no server. */
    void openSilent() {
        lost = true;
        silent = true;
        // The reader last: by its end it ends the other, which has to be there.
        start("silent-write", toClient::write);
        start("silent-read", () -> {
            toServer.read();
            close();
        });
    }

    /** Closes towards both sides, after what is under way. */
    void finish() {
        finishing = true;
        toServer.finish();
        toClient.finish();
    }

    /** Closes towards the server; the client is told nothing, and what it sends vanishes. */
    synchronized void halfOpen() {
        if (!halfOpen) {
            lost = true;
            halfOpen = true;
            toServer.giveUp();
            toClient.giveUp();
            finishServer();
        }
    }

    /** Whether this is the connection that the server sees coming from a port. */
    boolean comesFrom(int port) {
        return server.getLocalPort() == port;
    }

    /** Lets nothing of the client through any more; what the server sends still comes. */
    void loseRequests() {
        toServer.lose();
    }

    /** Makes waiting threads look again at how good the network is. */
    void wake() {
        threads.forEach(LockSupport::unpark);
    }

    @Override
    public void reset() {
        closeWithReset(client);
        closeWithReset(server);
        end();
    }

    @Override
    public boolean hasEnded() {
        return active.get() == 0;
    }

    /** Whether both sides were told of the finish, or of an end that came before it. */
    boolean hasFinished() {
        return hasEnded() || (toClient.hasEnded() && (silent || toServer.hasEnded()));
    }

    /** Closes both sides. */
    void close() {
        closeQuietly(client);
        closeQuietly(server);
        end();
    }

    boolean isFinishing() {
        return finishing;
    }

    /** Whether the proxy has closed towards this side, so that what it still sends is to be refused. */
    boolean wasToldOfFinish(Socket side) {
        return finishing && (toServer.isClosedTowards(side) || toClient.isClosedTowards(side));
    }

    /** Whether bytes vanish. Once some have, the rest is of no use to the receiver, so none come through any more. */
    boolean swallows() {
        if (!lost && (proxy.isBlackhole() || isForgotten())) {
            lost = true;
        }
        return lost;
    }

    private boolean isForgotten() {
        long after = proxy.conditions().forgetAfterNanos();
        return after > 0 && System.nanoTime() - lastPassedNanos > after;
    }

    Conditions conditions() {
        return proxy.conditions();
    }

    static void closeWithReset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            LOG.trace("Was closed already", e);
        }
        closeQuietly(socket);
    }

    private void finishServer() {
        try {
            server.shutdownOutput();
        } catch (IOException e) {
            LOG.trace("Not connected yet, or closed already", e);
        }
    }

    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.trace("Closing failed", e);
        }
    }

    private void end() {
        proxy.forget(this);
        threads.forEach(Thread::interrupt);
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private void start(String name, Loop loop) {
        active.incrementAndGet();
        Thread thread = new Thread(() -> run(loop), "lifebelt-proxy-" + proxy.port() + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void run(Loop loop) {
        try {
            loop.run();
        } catch (InterruptedException e) {
            LOG.trace("The connection was closed", e);
        } finally {
            threads.remove(Thread.currentThread());
            if (active.decrementAndGet() == 0) {
                close();
            }
        }
    }
}
