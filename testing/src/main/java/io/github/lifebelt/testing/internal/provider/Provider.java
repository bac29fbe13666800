package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One place servers come from. Safe for use by several threads. */
public interface Provider {
    /** Why it has no such server here, as the end of a sentence; null if it should have. Asks no server. */
    @Nullable
    String obstacle(DatabaseProduct product);

    /** Does what takes long and only once, so that certificates can be made meanwhile. */
    void prepare(DatabaseProduct product, @Nullable String version) throws IOException;

    /** Starts one and waits until its ordinary user can log in. */
    Provision start(ServerSpec spec) throws IOException;
}
