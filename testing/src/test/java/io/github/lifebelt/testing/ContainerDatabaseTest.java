package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

@Tag("containers")
class ContainerDatabaseTest {
    private static final String RUN = "io.github.lifebelt.testing.run";
    private static final String WORKSPACE = "io.github.lifebelt.testing.workspace";
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final TestCertificates certificates = TestCertificates.shared();
    private final DockerClient docker = DockerClientFactory.instance().client();

    @Test
    void tlsIsDemandedAndVerifiedFully() throws Exception {
        try (TestDatabase database = postgres().start()) {
            assertThat(database.provider()).isEqualTo(ServerProvider.TESTCONTAINERS);
            assertThat(database.host()).isEqualTo("localhost");
            assertThat(database.version()).startsWith("PostgreSQL ");
            try (Connection connection = Sessions.open(database)) {
                assertThat(Sessions.query(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("t");
                assertThat(Sessions.query(connection, "SELECT current_user || '/' || current_database()"))
                        .isEqualTo("app/app");
                assertThat(Sessions.query(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                        .isEqualTo("f");
            }
            String plain = database.jdbcUrl().replaceFirst("\\?.*", "?sslmode=disable");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database, plain))
                    .withMessageContaining("no encryption")
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
        }
    }

    @Test
    void badCertificatesAreRefusedAndCanBeSwappedForAGoodOne() throws Exception {
        try (TestDatabase database =
                postgres().certificate(certificates.wrongHost()).start()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database))
                    .withMessageContaining("localhost could not be verified");

            database.faults().showCertificate(certificates.expired());
            awaitExpired(database);

            database.faults().showCertificate(certificates.server());
            await().atMost(LONGEST).ignoreExceptions().until(() -> answers(database));

            database.faults().showCertificate(certificates.expired());
            awaitExpired(database);
            database.faults().stop(StopMode.FAST);
            database.faults().start();
            awaitExpired(database);

            database.faults().stop(StopMode.FAST);
            assertThatIllegalStateException()
                    .isThrownBy(() -> database.faults().showCertificate(certificates.server()))
                    .withMessageContaining("does not run");
            database.faults().start();
            await().atMost(LONGEST).ignoreExceptions().until(() -> answers(database));
        }
    }

    @Test
    void namesPasswordsAndSettingsMayHoldAnything() throws Exception {
        TestDatabaseBuilder builder = postgres()
                .tls(false)
                .user("o'Brien \"the\" user@host")
                .password("p'a\\ss/%:?#&=+ \u00e4$1")
                .database("data \"base\"/\u00fc")
                .setting("lifebelt.note", "it's a \\ 'note' $1")
                .setting("lifebelt.empty", "")
                .maxConnections(20);
        try (TestDatabase odd = builder.start();
                Connection connection = Sessions.open(odd)) {
            assertThat(Sessions.query(connection, "SELECT current_user")).isEqualTo("o'Brien \"the\" user@host");
            assertThat(Sessions.query(connection, "SELECT current_database()")).isEqualTo("data \"base\"/\u00fc");
            assertThat(Sessions.query(connection, "SHOW ssl")).isEqualTo("off");
            assertThat(Sessions.query(connection, "SHOW fsync")).isEqualTo("off");
            assertThat(Sessions.query(connection, "SHOW max_connections")).isEqualTo("20");
            assertThat(Sessions.query(connection, "SHOW lifebelt.note")).isEqualTo("it's a \\ 'note' $1");
            assertThat(Sessions.query(connection, "SHOW lifebelt.empty")).isEmpty();
        }
    }

    @Test
    void aServerThatEndsAtOnceIsRemovedAndItsLogTold() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> postgres().setting("shared_buffers", "nonsense").start())
                .withMessageContaining("it ended while it was waited for")
                .withMessageContaining("invalid value for parameter \"shared_buffers\"");
        assertThat(ownContainers()).isEmpty();
    }

    @Test
    void aVersionThatTheNamedImageIsNotOfIsRefused() {
        String property = "lifebelt.testing.image.postgresql";
        @SuppressWarnings("NullAway")
        String before = System.getProperty(property);
        System.setProperty(property, "lifebelt/postgres:15");
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> postgres().version("18").start())
                    .withMessageContaining(property)
                    .withMessageContaining("lifebelt/postgres:15");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    @Test
    void afterCloseNothingIsLeft() throws Exception {
        TestDatabase database = postgres().start();
        List<Container> containers = ownContainers();
        assertThat(containers).hasSize(1);
        String id = containers.get(0).getId();
        List<String> volumes = volumes(id);
        assertThat(volumes).isNotEmpty();
        assertThat(containers.get(0).getPorts()).allSatisfy(port -> {
            assertThat(port.getIp()).isEqualTo("127.0.0.1");
            assertThat(port.getPublicPort()).isEqualTo(database.port());
        });

        database.faults().freeze();
        database.close();
        database.close();

        assertThat(ownContainers()).isEmpty();
        assertThat(volumes)
                .allSatisfy(volume -> assertThatExceptionOfType(NotFoundException.class)
                        .isThrownBy(() -> docker.inspectVolumeCmd(volume).exec()));
        assertThat(database.faults().isRunning()).isFalse();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> {
            try (Socket socket = new Socket("127.0.0.1", database.port())) {
                socket.getPort();
            }
        });
    }

    @Test
    void whatAKilledJvmLeavesIsRemovedByTheNextOneAndNothingElse() throws Exception {
        String foreign = docker.createContainerCmd(image())
                .withLabels(Map.of(RUN, "run-1-of-another-machine", WORKSPACE, "another"))
                .exec()
                .getId();
        try (TestDatabase living = postgres().tls(false).start();
                OtherJvm killed = new OtherJvm(OneContainer.class)) {
            String left = killed.container();
            List<String> volumes = volumes(left);

            killed.process.destroyForcibly().waitFor();

            try (OtherJvm next = new OtherJvm(OneContainer.class)) {
                String nextContainer = next.container();
                await().atMost(LONGEST).until(() -> isGone(left));
                assertThat(volumes)
                        .allSatisfy(volume -> assertThatExceptionOfType(NotFoundException.class)
                                .isThrownBy(
                                        () -> docker.inspectVolumeCmd(volume).exec()));
                assertThat(isGone(nextContainer)).isFalse();
                assertThat(isGone(foreign)).isFalse();
                assertThat(answers(living)).isTrue();

                next.process.destroy();
                next.process.waitFor();
                await().atMost(LONGEST).until(() -> isGone(nextContainer));
            }
        } finally {
            docker.removeContainerCmd(foreign)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
    }

    @Test
    void whatIsNotClosedIsRemovedAtExitTogetherWithContainersOfOthers() throws Exception {
        try (OtherJvm forgetful = new OtherJvm(Forgetful.class)) {
            String ours = forgetful.container();
            String theirs = forgetful.said("theirs=");
            assertThat(forgetful.process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            await().atMost(LONGEST).until(() -> isGone(ours) && isGone(theirs));
            assertThat(forgetful.output).content().doesNotContain("Exception in thread");
        }
    }

    /** Closes nothing. */
    static final class Forgetful {
        @SuppressWarnings("resource")
        public static void main(String[] arguments) {
            TestDatabase database = postgres().tls(false).start();
            GenericContainer<?> theirs = new GenericContainer<>(image()).withCommand("sleep", "1000");
            theirs.start();
            System.out.println("container=" + ownContainers().get(0).getId());
            System.out.println("theirs=" + theirs.getContainerId());
            database.faults().freeze();
        }
    }

    private static String image() {
        return Objects.requireNonNullElse(System.getenv("LIFEBELT_TEST_POSTGRES_IMAGE"), "postgres:18");
    }

    /** Another JVM with one container. */
    private static final class OtherJvm implements AutoCloseable {
        final Process process;
        private final Path output;

        OtherJvm(Class<?> main) throws Exception {
            output = Files.createTempFile("lifebelt-", ".out");
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            main.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        }

        /** The container's id, when it runs. */
        String container() {
            return said("container=");
        }

        /** What it prints after these words. */
        String said(String before) {
            return await().atMost(LONGEST)
                    .until(
                            () -> {
                                return Files.readAllLines(output).stream()
                                        .filter(line -> line.startsWith(before))
                                        .findFirst()
                                        .map(line -> line.substring(before.length()))
                                        .orElse("");
                            },
                            id -> !id.isEmpty());
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly().waitFor();
            Files.delete(output);
        }
    }

    /** Starts a container, freezes it, says which it is, and stays. */
    static final class OneContainer {
        public static void main(String[] arguments) throws Exception {
            TestDatabase database = postgres().tls(false).start();
            database.faults().freeze();
            System.out.println("container=" + ownContainers().get(0).getId());
            Thread.currentThread().join();
        }
    }

    private static TestDatabaseBuilder postgres() {
        return TestDatabase.postgres().provider(ServerProvider.TESTCONTAINERS);
    }

    private static boolean answers(TestDatabase database) throws SQLException {
        try (Connection connection = Sessions.open(database)) {
            return Sessions.answers(connection);
        }
    }

    private static void awaitExpired(TestDatabase database) {
        await().atMost(LONGEST)
                .untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Sessions.open(database))
                        .withRootCauseInstanceOf(CertificateExpiredException.class));
    }

    /** The containers of this JVM, running or not. */
    private static List<Container> ownContainers() {
        return DockerClientFactory.instance()
                .client()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(RUN, Workspace.get().run()))
                .exec();
    }

    private List<String> volumes(String container) {
        return docker.inspectContainerCmd(container).exec().getMounts().stream()
                .map(InspectContainerResponse.Mount::getName)
                .toList();
    }

    private boolean isGone(String container) {
        try {
            docker.inspectContainerCmd(container).exec();
            return false;
        } catch (NotFoundException e) {
            return true;
        }
    }
}
