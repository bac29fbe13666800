package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.utility.DockerImageName;

/** What {@link ContainerEngine} has to know about one product's images to run a server from one. Stateless. */
public interface ContainerRecipe {
    /** Which image is taken. */
    ContainerImage image();

    /** Testcontainers' own kind of container, which neither configures anything nor waits for anything by itself. */
    JdbcDatabaseContainer<?> container(DockerImageName name);

    /** The port the server listens on inside. */
    int port();

    /** The user the server runs as inside, to whom its files must belong. */
    String owner();

    /** What the image's entrypoint is to make at the first start. */
    Map<String, String> environment(ServerSpec spec);

    /** The server's arguments; its files are in {@link ServerFiles#FOLDER}. */
    List<String> arguments(ServerSpec spec);

    /** The server's files by their names, without certificate and key. */
    Map<String, String> files(ServerSpec spec);

    /** What certificate and key are called among the server's files. */
    default Map<String, String> files(ServerCertificate certificate) throws IOException {
        return Map.of(
                CertificateFiles.CERTIFICATE,
                Files.readString(certificate.chain()),
                CertificateFiles.KEY,
                Files.readString(certificate.privateKey()));
    }

    /** Whether the server would log ordinary users in now, as opposed to starting, stopping or recovering. */
    boolean accepts(int publishedPort);

    /** The signal that makes the server end like this. */
    String signal(StopMode mode);

    /**
     * A shell script that kills the server's process {@code $1} and waits until all sessions have ended, or ends with
     * {@link #NO_SUCH_PROCESS}; null if the server has one process for all sessions.
     */
    @Nullable
    String killScript();

    /** How {@link #killScript} ends if the process is none of the server's. */
    int NO_SUCH_PROCESS = 3;

    /** Makes {@link ServerSpec#ADMIN} if the entrypoint could not. */
    void makeAdministrator(Family family, ServerSpec spec, Access access) throws SQLException;
}
