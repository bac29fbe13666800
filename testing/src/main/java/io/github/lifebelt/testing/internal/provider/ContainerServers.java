package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.internal.container.ContainerEngine;
import io.github.lifebelt.testing.internal.container.ContainerRecipe;
import io.github.lifebelt.testing.internal.container.ContainerRecipes;
import io.github.lifebelt.testing.internal.container.Containers;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers run in containers. */
final class ContainerServers implements Provider {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerServers.class);

    @Override
    public @Nullable String obstacle(DatabaseProduct product) {
        try {
            return Containers.obstacle();
        } catch (LinkageError e) {
            LOG.debug("Testcontainers cannot be used", e);
            return "the class path has no Testcontainers 2.x, or not all of it (" + e.getMessage() + ")";
        }
    }

    @Override
    public void prepare(DatabaseProduct product, @Nullable String version) throws IOException {
        Containers.prepare(ContainerRecipes.of(product), version);
    }

    @Override
    public Provision start(ServerSpec spec) throws IOException {
        ContainerRecipe recipe = ContainerRecipes.of(spec.product());
        Server server = new Server(new ContainerEngine(recipe, spec));
        server.startOrClose();
        Provision provision = Provision.own(ServerProvider.TESTCONTAINERS, spec, server);
        try {
            recipe.makeAdministrator(provision.family(), spec, provision.access());
            provision.family().createUserAndDatabase(provision.admin(), spec);
            return provision;
        } catch (SQLException | RuntimeException e) {
            IllegalStateException failure = new IllegalStateException(
                    "The " + server.description() + " would not make user and database: " + e.getMessage()
                            + ". The end of its log:\n" + server.logTail(),
                    e);
            provision.admin().close();
            server.close();
            throw failure;
        }
    }
}
