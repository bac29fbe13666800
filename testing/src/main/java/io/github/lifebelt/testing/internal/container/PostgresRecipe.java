package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.internal.postgres.PostgresConfiguration;
import io.github.lifebelt.testing.internal.postgres.ReadyProbe;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL's official image, and those made after it. */
final class PostgresRecipe implements ContainerRecipe {
    private static final ContainerImage IMAGE =
            new ContainerImage("postgres", "18", "lifebelt.testing.image.postgresql", "LIFEBELT_TEST_POSTGRES_IMAGE");
    private static final String ACCESS = "pg_hba.conf";

    // A process's name, in parentheses, may hold anything; its parent is the second word after that. Its
    // siblings are waited for too: the postmaster ends them when it has noticed.
    private static final String KILL = """
            parent() {
                sed -n 's/.*) . \\([0-9]*\\) .*/\\1/p' "/proc/$1/stat" 2>/dev/null
            }
            postmaster=$(head -n 1 "$PGDATA/postmaster.pid")
            [ -n "$postmaster" ] && [ "$(parent "$1")" = "$postmaster" ] || exit 3
            children=
            for process in /proc/[0-9]*; do
                pid=${process#/proc/}
                [ "$(parent "$pid")" = "$postmaster" ] && children="$children $pid"
            done
            kill -9 "$1"
            tries=1000
            for pid in $children; do
                while [ -e "/proc/$pid" ] && [ $tries -gt 0 ]; do
                    sleep 0.01
                    tries=$((tries - 1))
                done
            done
            [ $tries -gt 0 ]
            """;

    @Override
    public ContainerImage image() {
        return IMAGE;
    }

    @Override
    public JdbcDatabaseContainer<?> container(DockerImageName name) {
        return new PostgreSQLContainer(name) {
            @Override
            protected void configure() {}

            @Override
            protected void waitUntilContainerStarted() {}
        };
    }

    @Override
    public int port() {
        return PostgreSQLContainer.POSTGRESQL_PORT;
    }

    @Override
    public String owner() {
        return "postgres";
    }

    @Override
    public Map<String, String> environment(ServerSpec spec) {
        return Map.of(
                "POSTGRES_USER",
                ServerSpec.ADMIN,
                "POSTGRES_PASSWORD",
                spec.adminPassword(),
                "POSTGRES_DB",
                "postgres",
                // As the embedded server's, so that texts are in the same order everywhere.
                "POSTGRES_INITDB_ARGS",
                "--encoding=UTF8 --locale=C --no-sync");
    }

    @Override
    public List<String> arguments(ServerSpec spec) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("hba_file", ServerFiles.FOLDER + ACCESS);
        if (spec.tls()) {
            all.put("ssl", "on");
            all.put("ssl_cert_file", ServerFiles.FOLDER + CertificateFiles.CERTIFICATE);
            all.put("ssl_key_file", ServerFiles.FOLDER + CertificateFiles.KEY);
            if (spec.clientAuthority() != null) {
                all.put("ssl_ca_file", ServerFiles.FOLDER + CertificateFiles.CLIENT_AUTHORITY);
            }
        }
        all.putAll(PostgresConfiguration.parameters(spec));
        List<String> arguments = new ArrayList<>();
        all.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        return arguments;
    }

    /** The image's entrypoint makes the superuser over a socket, which no client outside can reach. */
    @Override
    public Map<String, String> files(ServerSpec spec) {
        return Map.of(ACCESS, "local all all trust\n" + PostgresConfiguration.access(spec, "all"));
    }

    @Override
    public boolean accepts(int publishedPort) {
        return ReadyProbe.accepts(publishedPort);
    }

    @Override
    public String signal(StopMode mode) {
        return mode == StopMode.FAST ? "SIGINT" : "SIGQUIT";
    }

    @Override
    public String killScript() {
        return KILL;
    }

    /** The entrypoint has made it. */
    @Override
    public void makeAdministrator(Family family, ServerSpec spec, Access access) {}
}
