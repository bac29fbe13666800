package io.github.lifebelt.testing.internal.system;

import io.github.lifebelt.testing.internal.postgres.PostmasterFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The 56 bytes of System V shared memory by which PostgreSQL notices that a data folder is in use. A server that is
 * killed leaves them behind; a restart takes them over, but if there is none, they would stay for good.
 */
public final class SharedMemory {
    private static final Logger LOG = LoggerFactory.getLogger(SharedMemory.class);

    private SharedMemory() {}

    public static void removeLeftover(Path data) {
        String id = PostmasterFile.read(data).sharedMemoryId();
        if (!id.isEmpty()) {
            try {
                Command.run(List.of("ipcrm", "-m", id), data, "", Duration.ofSeconds(5));
            } catch (IOException e) {
                LOG.debug("Shared memory segment {} stays behind", id, e);
            }
        }
    }
}
