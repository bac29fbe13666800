package io.github.lifebelt.testing.internal.container;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerEngine;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Ports;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A server in a container of its own. Its port is published on the loopback address alone, under a number that is chosen
 * before: Docker would choose another one at each start.
 */
public final class ContainerEngine implements ServerEngine {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerEngine.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int PORTS_TO_TRY = 10;

    private final ContainerRecipe recipe;
    private final DockerImageName image;
    private final ServerSpec spec;

    private volatile int port;
    private volatile @Nullable DockerContainer container;
    private volatile boolean frozen;

    /** Makes nothing yet. */
    public ContainerEngine(ContainerRecipe recipe, ServerSpec spec) {
        this.recipe = recipe;
        this.image = recipe.image().of(spec.version());
        this.spec = spec;
    }

    @Override
    public String description() {
        return "container of " + image.asCanonicalNameString();
    }

    @Override
    public String host() {
        return "localhost";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() throws IOException {
        long start = System.nanoTime();
        DockerContainer there = container;
        if (there == null) {
            startOnFreePort();
        } else {
            Ports.takeAgain(there::start, DockerContainer::saysPortIsTaken);
        }
        awaitAccepting();
        LOG.debug("{} on port {} up after {} ms", description(), port, (System.nanoTime() - start) / 1_000_000);
    }

    @Override
    public void awaitAccepting() throws IOException {
        if (!Waiting.until(START, () -> recipe.accepts(port) || !isRunning())) {
            throw new IOException("it took no connections for " + START.toSeconds() + " s");
        }
        if (!isRunning()) {
            throw new IOException("it ended while it was waited for");
        }
    }

    @Override
    public void stop(StopMode mode) throws IOException {
        thaw();
        end(recipe.signal(mode));
    }

    /**
     * Docker kills the first process, and the others have time to tell their clients before they follow. So they are
     * killed before, while the first one stands still and does not notice. A frozen container is killed before it goes on.
     */
    @Override
    public void crash() throws IOException {
        DockerContainer there = container;
        if (there != null && !frozen && recipe.killScript() != null && there.isRunning()) {
            there.signal("SIGSTOP");
            there.execute(List.of("/bin/sh", "-c", "kill -9 -1"));
        }
        end("SIGKILL");
        frozen = false;
    }

    @Override
    public void freeze() throws IOException {
        if (!frozen) {
            existing().pause();
            frozen = true;
        }
    }

    @Override
    public void thaw() throws IOException {
        if (frozen) {
            existing().unpause();
            frozen = false;
        }
    }

    @Override
    public boolean isFrozen() {
        return frozen;
    }

    @Override
    public boolean isRunning() {
        DockerContainer there = container;
        return there != null && there.isRunning();
    }

    @Override
    public void killProcess(long pid) throws IOException {
        String script = recipe.killScript();
        if (script == null) {
            throw new UnsupportedOperationException(
                    "The server on port " + port + " has one process for all sessions; crash() kills it");
        }
        int exitCode = existing().execute(List.of("/bin/sh", "-c", script, "lifebelt", Long.toString(pid)));
        if (exitCode == ContainerRecipe.NO_SUCH_PROCESS) {
            throw new IllegalArgumentException("Process " + pid + " is no process of the server on port " + port);
        }
        if (exitCode != 0) {
            throw new IOException("killing its process " + pid + " ended with exit code " + exitCode);
        }
    }

    /** A server that does not run, or is frozen, takes the files over when it starts. */
    @Override
    public void install(ServerCertificate certificate) throws IOException {
        DockerContainer there = existing();
        there.putAside(recipe.files(certificate));
        if (there.isRunning() && !frozen) {
            int exitCode = there.execute(ServerFiles.takeOverThen(recipe.owner(), List.of("true")));
            if (exitCode != 0) {
                throw new IOException("taking over the certificate ended with exit code " + exitCode);
            }
        }
    }

    @Override
    public String logTail() {
        DockerContainer there = container;
        return there == null ? "(no log: there is no container)" : there.logTail();
    }

    @Override
    public void close() throws IOException {
        try {
            DockerContainer there = container;
            if (there != null) {
                there.remove();
                container = null;
                frozen = false;
            }
        } finally {
            Ports.release(port);
        }
    }

    /**
     * Testcontainers removes all its containers then. That must not meet with one that is about to be removed: it would
     * give up, and those of the test's author would stay.
     */
    @Override
    public void closeAtExit() {}

    private void end(String signal) throws IOException {
        DockerContainer there = container;
        if (there == null || !there.isRunning()) {
            return;
        }
        there.signal(signal);
        if (!Waiting.until(STOP, () -> !there.isRunning())) {
            throw new IOException("it still ran " + STOP.toSeconds() + " s after " + signal);
        }
    }

    private DockerContainer existing() {
        DockerContainer there = container;
        if (there == null) {
            throw new IllegalStateException("The server has no container");
        }
        return there;
    }

    private void startOnFreePort() throws IOException {
        for (int i = 1; ; i++) {
            int free = Ports.reserve();
            port = free;
            DockerContainer fresh = new DockerContainer(configured(free));
            container = fresh;
            try {
                fresh.create();
                return;
            } catch (IOException e) {
                if (!DockerContainer.saysPortIsTaken(e) || i == PORTS_TO_TRY) {
                    throw e;
                }
                fresh.remove();
                container = null;
                Ports.release(free);
            }
        }
    }

    private JdbcDatabaseContainer<?> configured(int hostPort) throws IOException {
        JdbcDatabaseContainer<?> fresh = recipe.container(image);
        fresh.withEnv(recipe.environment(spec));
        fresh.withCommand(recipe.arguments(spec).toArray(new String[0]));
        fresh.withLabels(ContainerRuns.labels());
        fresh.withCreateContainerCmdModifier(command -> {
            List<String> original = DockerContainer.entrypoint(fresh.getDockerClient(), command);
            command.withEntrypoint(ServerFiles.takeOverThen(recipe.owner(), original));
            publish(command, hostPort);
        });
        Map<String, String> files = new HashMap<>(recipe.files(spec));
        ServerCertificate certificate = spec.certificate();
        if (certificate != null) {
            files.putAll(recipe.files(certificate));
        }
        if (spec.clientAuthority() != null) {
            files.put(CertificateFiles.CLIENT_AUTHORITY, Files.readString(spec.clientAuthority()));
        }
        ServerFiles.putAsideAtStart(files, fresh);
        return fresh;
    }

    private void publish(CreateContainerCmd command, int hostPort) {
        HostConfig host = command.getHostConfig();
        if (host == null) {
            throw new IllegalStateException("Testcontainers has not made a host configuration");
        }
        host.withPortBindings(
                new PortBinding(Binding.bindIpAndPort("127.0.0.1", hostPort), ExposedPort.tcp(recipe.port())));
    }
}
