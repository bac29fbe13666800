package io.github.lifebelt.testing.internal.container;

import com.github.dockerjava.api.DockerClient;
import io.github.lifebelt.testing.internal.system.Uninterrupted;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/** What is done before there is a container. */
public final class Containers {
    private Containers() {}

    /** Why there can be none here, or null. */
    public static @Nullable String obstacle() {
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
