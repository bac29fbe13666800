package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.internal.system.Platform;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * Whether a Docker engine answers where Testcontainers will look for one, and whether its containers can be reached as
 * {@code localhost}. Asked here and not of Testcontainers, because that logs errors where there is no Docker, and takes
 * minutes to learn the engine's address where it believes that it runs in a container itself.
 */
final class DockerProbe {
    private static final Logger LOG = LoggerFactory.getLogger(DockerProbe.class);
    private static final Duration LONGEST = Duration.ofSeconds(3);
    private static final int DEFAULT_TCP_PORT = 2375;
    private static final String ADVICE = " (start Docker, or have DOCKER_HOST say where it is)";

    private DockerProbe() {}

    /** Holds the answer, which is found once. */
    private static final class Known {
        private static final @Nullable String OBSTACLE = Platform.isWindows()
                ? "these containers need Linux or macOS; on Windows run the build in WSL2"
                : obstacle(
                        endpoints(),
                        System.getenv("TESTCONTAINERS_HOST_OVERRIDE"),
                        Files.exists(Path.of("/.dockerenv")));
    }

    /** Why there can be no container, or null. */
    static @Nullable String obstacle() {
        return Known.OBSTACLE;
    }

    /**
     * Why there can be no container, or null.
     *
     * @param endpoints where Docker may be
     * @param host where its containers are reached, if that was said
     * @param inContainer whether this JVM seems to run in a container itself
     */
    static @Nullable String obstacle(List<URI> endpoints, @Nullable String host, boolean inContainer) {
        URI endpoint =
                endpoints.stream().filter(DockerProbe::answers).findFirst().orElse(null);
        if (endpoint == null) {
            return endpoints.isEmpty()
                    ? "there is no Docker here" + ADVICE
                    : "no Docker answers at " + endpoints.get(0) + ADVICE;
        }
        if (host != null && !host.isBlank()) {
            return isLoopback(host) ? null : elsewhere(host);
        }
        if (isTcp(endpoint)) {
            return isLoopback(endpoint.getHost()) ? null : elsewhere(endpoint.getHost());
        }
        return inContainer
                ? "this JVM runs in a container itself, where localhost is not the localhost of Docker's machine"
                        + " (if it is all the same, set TESTCONTAINERS_HOST_OVERRIDE=localhost)"
                : null;
    }

    private static String elsewhere(String host) {
        return "Docker's containers are reached at " + host + ", and the test's certificates are for localhost";
    }

    /** What is set, else the places Testcontainers knows. */
    private static List<URI> endpoints() {
        TestcontainersConfiguration configuration = TestcontainersConfiguration.getInstance();
        List<URI> found = new ArrayList<>();
        for (@Nullable
        String said : new @Nullable String[] {
            configuration.getUserProperty("tc.host", null), configuration.getEnvVarOrUserProperty("docker.host", null)
        }) {
            if (said != null && !said.isBlank()) {
                try {
                    found.add(URI.create(said.trim()));
                } catch (IllegalArgumentException e) {
                    LOG.debug("Docker's address {} is none", said, e);
                }
            }
        }
        if (found.isEmpty()) {
            sockets().stream().filter(Files::exists).forEach(path -> found.add(URI.create("unix://" + path)));
        }
        return found;
    }

    private static List<Path> sockets() {
        List<Path> paths = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
        @Nullable String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null) {
            paths.add(Path.of(runtime, "docker.sock"));
        }
        Path home = Path.of(System.getProperty("user.home"), ".docker");
        paths.add(home.resolve("run").resolve("docker.sock"));
        paths.add(home.resolve("desktop").resolve("docker.sock"));
        try {
            paths.add(Path.of("/run/user/" + Files.getAttribute(home.getParent(), "unix:uid"), "docker.sock"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOG.trace("This user has no number", e);
        }
        return paths;
    }

    private static boolean isTcp(URI endpoint) {
        return endpoint.getHost() != null && !"unix".equals(endpoint.getScheme());
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean answers(URI endpoint) {
        try {
            return isTcp(endpoint) ? takesConnections(endpoint) : answersPing(Path.of(endpoint.getPath()));
        } catch (IOException | RuntimeException e) {
            LOG.debug("No Docker at {}", endpoint, e);
            return false;
        }
    }

    /** No more is asked: it may want TLS. */
    private static boolean takesConnections(URI endpoint) throws IOException {
        int port = endpoint.getPort() == -1 ? DEFAULT_TCP_PORT : endpoint.getPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.getHost(), port), (int) LONGEST.toMillis());
            return true;
        }
    }

    private static boolean answersPing(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(
                    "GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(100);
            Waiting.until(LONGEST, () -> hasAnswered(channel, answer));
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).contains(" 200 ");
        }
    }

    private static boolean hasAnswered(SocketChannel channel, ByteBuffer answer) {
        try {
            return channel.read(answer) == -1 || !answer.hasRemaining();
        } catch (IOException e) {
            return true;
        }
    }
}
