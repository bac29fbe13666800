package io.github.lifebelt.testing.internal.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.Frame;
import io.github.lifebelt.testing.internal.system.Uninterrupted;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;

/**
 * One container as Docker handles it: it can be stopped and started again, which Testcontainers has no calls for. Docker
 * is not asked on the caller's thread, because an interrupt would end the conversation; all its failures are
 * {@link IOException}s.
 */
final class DockerContainer {
    private static final Logger LOG = LoggerFactory.getLogger(DockerContainer.class);
    private static final int TAIL_LINES = 40;
    private static final int TAIL_SECONDS = 5;
    private static final Duration REMOVAL = Duration.ofSeconds(30);

    private final GenericContainer<?> container;
    private final DockerClient docker;

    /** Takes a container that is configured in full. */
    DockerContainer(GenericContainer<?> container) {
        this.container = container;
        this.docker = container.getDockerClient();
    }

    /** What an image runs before its command, if anything. */
    static List<String> entrypoint(DockerClient docker, CreateContainerCmd command) {
        ContainerConfig config = docker.inspectImageCmd(String.valueOf(command.getImage()))
                .exec()
                .getConfig();
        String @Nullable [] entrypoint = config == null ? null : config.getEntrypoint();
        return entrypoint == null ? List.of() : List.of(entrypoint);
    }

    /** Whether a start failed because somebody else has the port. */
    static boolean saysPortIsTaken(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("address already in use") || message.contains("port is already allocated")) {
                return true;
            }
        }
        return false;
    }

    /** Makes it and starts it for the first time, pulling its image if need be. */
    void create() throws IOException {
        tell("make a container", container::start);
    }

    /** Starts it again. */
    void start() throws IOException {
        tell("start its container", () -> {
            try {
                docker.startContainerCmd(id()).exec();
            } catch (NotModifiedException runs) {
                LOG.debug("The container ran already", runs);
            }
        });
    }

    /** Sends a signal to the server, unless it has just ended. */
    void signal(String signal) throws IOException {
        tell("send " + signal, () -> {
            try {
                docker.killContainerCmd(id()).withSignal(signal).exec();
            } catch (RuntimeException e) {
                if (runs()) {
                    throw e;
                }
                LOG.debug("The container had ended before {}", signal, e);
            }
        });
    }

    /** Stops all its processes in their tracks. */
    void pause() throws IOException {
        tell("pause its container", () -> docker.pauseContainerCmd(id()).exec());
    }

    /** Lets them go on. */
    void unpause() throws IOException {
        tell("unpause its container", () -> docker.unpauseContainerCmd(id()).exec());
    }

    /** Whether it runs, paused or not; no if Docker does not know it (any more). */
    boolean isRunning() {
        try {
            return ask("look at its container", this::runs);
        } catch (IOException e) {
            LOG.debug("Docker does not tell whether a container runs", e);
            return false;
        }
    }

    /** Runs a command in it and returns the exit code. */
    int execute(List<String> command) throws IOException {
        Container.ExecResult result =
                ask("run a command in its container", () -> container.execInContainer(command.toArray(new String[0])));
        if (result.getExitCode() != 0) {
            LOG.debug("A command ended with {}: {}{}", result.getExitCode(), result.getStdout(), result.getStderr());
        }
        return result.getExitCode();
    }

    /** Puts files where the server can be told to take them over. */
    void putAside(Map<String, String> files) throws IOException {
        tell("copy files to its container", () -> ServerFiles.putAside(files, container));
    }

    /** What the server wrote last. */
    String logTail() {
        try {
            return ask("read its log", this::tail);
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Kills it, running or not, and removes it with its volumes. */
    void remove() throws IOException {
        tell("remove its container", () -> {
            String id = container.getContainerId();
            if (id == null) {
                return;
            }
            try {
                docker.removeContainerCmd(id)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException | ConflictException e) {
                LOG.debug("The container is being removed by somebody else", e);
                if (!Waiting.until(REMOVAL, () -> isGone(id))) {
                    throw e;
                }
            }
        });
    }

    private boolean isGone(String id) {
        try {
            docker.inspectContainerCmd(id).exec();
            return false;
        } catch (NotFoundException gone) {
            return true;
        }
    }

    private String id() {
        return container.getContainerId();
    }

    private boolean runs() {
        String id = container.getContainerId();
        if (id == null) {
            return false;
        }
        try {
            InspectContainerResponse.ContainerState state =
                    docker.inspectContainerCmd(id).exec().getState();
            return Boolean.TRUE.equals(state.getRunning());
        } catch (NotFoundException gone) {
            return false;
        }
    }

    private String tail() throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (ResultCallback.Adapter<Frame> lines = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                text.writeBytes(frame.getPayload());
            }
        }) {
            docker.logContainerCmd(id())
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTail(TAIL_LINES)
                    .exec(lines)
                    .awaitCompletion(TAIL_SECONDS, TimeUnit.SECONDS);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private interface Order {
        void give() throws Exception;
    }

    private interface Question<T> {
        T ask() throws Exception;
    }

    private static void tell(String what, Order order) throws IOException {
        ask(what, () -> {
            order.give();
            return true;
        });
    }

    private static <T> T ask(String what, Question<T> question) throws IOException {
        return Uninterrupted.ask(() -> {
            try {
                return question.ask();
            } catch (Exception e) {
                throw new IOException("Docker could not " + what + ": " + rootMessage(e), e);
            }
        });
    }

    /** Testcontainers says what went wrong only in causes. */
    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).trim();
    }
}
