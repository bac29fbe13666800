package io.github.lifebelt.testing.internal.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DockerProbeTest {
    private Path folder;
    private Path socket;
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        // Not below the build's folder: a socket's path may have no more than about a hundred characters.
        folder = Files.createTempDirectory("lb");
        socket = folder.resolve("docker.sock");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket);
        Files.delete(folder);
    }

    @Test
    void anEngineThatAnswersIsNoObstacle() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        assertThat(DockerProbe.obstacle(List.of(URI.create("unix:///none"), endpoint()), null, false))
                .isNull();
    }

    @Test
    void somethingElseThatAnswersIsOne() {
        answer("HTTP/1.1 404 Not Found\r\n\r\n");
        assertThat(DockerProbe.obstacle(List.of(endpoint()), null, false)).startsWith("no Docker answers at unix:");
    }

    @Test
    void anEngineThatStaysSilentIsNotWaitedForForLong() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> DockerProbe.obstacle(List.of(endpoint()), null, false) != null);
    }

    @Test
    void aPlaceWhereNobodyListensIsOne() throws IOException {
        listener.close();
        assertThat(DockerProbe.obstacle(List.of(endpoint()), null, false))
                .contains("DOCKER_HOST")
                .contains(socket.toString());
        assertThat(DockerProbe.obstacle(List.of(), null, false)).startsWith("there is no Docker here");
    }

    @Test
    void containersMustBeReachedAsLocalhost() throws IOException {
        try (ServerSocket engine = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            List<URI> endpoint = List.of(URI.create("tcp://localhost:" + engine.getLocalPort()));
            assertThat(DockerProbe.obstacle(endpoint, null, true)).isNull();
            assertThat(DockerProbe.obstacle(endpoint, "", false)).isNull();
            assertThat(DockerProbe.obstacle(endpoint, "127.0.0.1", false)).isNull();
            assertThat(DockerProbe.obstacle(endpoint, "192.0.2.1", false)).contains("192.0.2.1");
        }
        answer("HTTP/1.1 200 OK\r\n\r\n");
        assertThat(DockerProbe.obstacle(List.of(endpoint()), null, true)).contains("TESTCONTAINERS_HOST_OVERRIDE");
        assertThat(DockerProbe.obstacle(List.of(endpoint()), "localhost", true)).isNull();
    }

    private URI endpoint() {
        return URI.create("unix://" + socket);
    }

    /** Answers all who come, until the end of the test. */
    private void answer(String text) {
        Thread thread = new Thread(() -> {
            while (listener.isOpen()) {
                try (SocketChannel client = listener.accept()) {
                    client.read(ByteBuffer.allocate(1_000));
                    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                } catch (IOException e) {
                    return;
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
