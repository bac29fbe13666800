package io.github.lifebelt.postgres.pool;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a server on the loopback reachable at another of its addresses, on the same port. */
final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();

    Forwarder(InetAddress at, int port) throws IOException {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(at, port));
        acceptor = run(this::accept);
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
        // The kernel keeps listening for as long as the closed socket has a thread in accept.
        acceptor.join(10_000);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket();
            sockets.add(client);
            sockets.add(server);
            accepted.incrementAndGet();
            server.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), listener.getLocalPort()), 10_000);
            run(() -> pass(client, server));
            run(() -> pass(server, client));
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            to.setTcpNoDelay(true);
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static Thread run(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        LOG.trace("One side or the other was closed", e);
                    }
                },
                "forwarder");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
