package io.github.lifebelt.testing.internal.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what killed JVMs left behind, which Testcontainers leaves to a container of its own that not everybody wants or
 * can have. Each container is labelled with its run. Whether a run lives is known only to those who share its working
 * folder, so containers of others, on an engine that several machines use, are left alone.
 */
final class ContainerRuns {
    static final String RUN = "io.github.lifebelt.testing.run";
    static final String WORKSPACE = "io.github.lifebelt.testing.workspace";

    private static final Logger LOG = LoggerFactory.getLogger(ContainerRuns.class);

    private static boolean swept;

    private ContainerRuns() {}

    /** What a container of this run is labelled with. */
    static Map<String, String> labels() throws IOException {
        Workspace workspace = Workspace.get();
        return Map.of(RUN, workspace.run(), WORKSPACE, workspace.identity());
    }

    /** Removes the containers of runs that have ended, once in this JVM. */
    static synchronized void sweep(DockerClient docker) throws IOException {
        if (swept) {
            return;
        }
        swept = true;
        Workspace workspace = Workspace.get();
        List<Container> ours = docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(WORKSPACE, workspace.identity()))
                .exec();
        for (Container container : ours) {
            String run = container.getLabels().get(RUN);
            if (run != null && !workspace.isAlive(run)) {
                remove(docker, container.getId());
            }
        }
    }

    private static void remove(DockerClient docker, String id) {
        try {
            docker.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
            LOG.debug("Removed container {}, whose JVM was killed", id);
        } catch (DockerException e) {
            // Another JVM may be about the same.
            LOG.debug("Container {} of a killed JVM was not removed", id, e);
        }
    }
}
