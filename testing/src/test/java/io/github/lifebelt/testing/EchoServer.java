package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Sends back what it receives, and closes when its client has. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
    private final Thread acceptor;

    EchoServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        acceptor = start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The server's side of a connection. */
    Socket lastClient() {
        return clients.stream().reduce((earlier, later) -> later).orElseThrow();
    }

    int connectionsAccepted() {
        return clients.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket client : clients) {
            client.close();
        }
        // The system goes on accepting for as long as a thread waits in accept.
        if (!Waiting.until(Duration.ofSeconds(10), () -> !acceptor.isAlive())) {
            throw new IOException("still listening");
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            client.setTcpNoDelay(true);
            clients.add(client);
            start(() -> echo(client));
        }
    }

    private static void echo(Socket client) throws IOException {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            in.transferTo(out);
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static Thread start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // The test has closed one side or the other.
                        Thread.currentThread().setUncaughtExceptionHandler((t, x) -> {});
                        throw new UncheckedIOException(e);
                    }
                },
                "echo");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
