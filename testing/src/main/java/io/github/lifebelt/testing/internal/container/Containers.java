package io.github.lifebelt.testing.internal.container;

import com.github.dockerjava.api.DockerClient;
import io.github.lifebelt.testing.internal.system.Uninterrupted;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.mysql.MySQLContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** What is done before there is a container. */
public final class Containers {
    private static final Logger LOG = LoggerFactory.getLogger(Containers.class);

    private Containers() {}

    // Loaded with all they need: of the class path's Testcontainers not every part has to be there, or of one version.
    private static List<Class<?>> needed() {
        return List.of(PostgreSQLContainer.class, MySQLContainer.class, MariaDBContainer.class);
    }

    /**
     * Why there can be none here, or null.
     *
     * @throws LinkageError if the class path has no Testcontainers that can be used
     */
    public static @Nullable String obstacle() {
        needed().forEach(type -> LOG.trace("{} is there", type));
        return DockerProbe.obstacle();
    }

    /** Clears up after killed JVMs, and has the image pulled if it is not there. */
    public static void prepare(ContainerRecipe recipe, @Nullable String version) throws IOException {
        DockerImageName image = recipe.image().of(version);
        Uninterrupted.run(() -> {
            try {
                DockerClient docker = DockerClientFactory.instance().client();
                ContainerRuns.sweep(docker);
                new RemoteDockerImage(image).get();
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }
}
