package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.internal.mysql.MariaDbPrograms;
import io.github.lifebelt.testing.internal.mysql.MySqlPrograms;
import io.github.lifebelt.testing.internal.postgres.PostgresPrograms;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.EmbeddedPrograms;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Platform;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Servers run as child processes of this JVM. */
final class EmbeddedServers implements Provider {
    @Override
    public @Nullable String obstacle(DatabaseProduct product) {
        if (Platform.isWindows()) {
            return "embedded servers run on Linux and macOS; on Windows run the build in WSL2";
        }
        return switch (product) {
            case POSTGRESQL -> null;
            case MYSQL -> MySqlPrograms.obstacle();
            case MARIADB -> MariaDbPrograms.obstacle();
        };
    }

    @Override
    public void prepare(DatabaseProduct product, @Nullable String version) throws IOException {
        programs(product, version).prepare();
    }

    @Override
    public Provision start(ServerSpec spec) throws IOException {
        return start(new EmbeddedEngine(programs(spec.product(), spec.version()), spec));
    }

    /** Starts an engine that was made in whatever way. */
    static Provision start(EmbeddedEngine engine) {
        Server server = new Server(engine);
        server.startOrClose();
        return Provision.own(ServerProvider.EMBEDDED, engine.spec(), server);
    }

    private static EmbeddedPrograms programs(DatabaseProduct product, @Nullable String version) throws IOException {
        return switch (product) {
            case POSTGRESQL -> PostgresPrograms.get(version);
            case MYSQL -> MySqlPrograms.get(version);
            case MARIADB -> MariaDbPrograms.get(version);
        };
    }
}
