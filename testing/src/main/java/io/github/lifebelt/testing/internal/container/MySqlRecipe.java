package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.internal.mysql.GreetingProbe;
import io.github.lifebelt.testing.internal.mysql.MySqlConfiguration;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.Family;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.mysql.MySQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The official images of MySQL and MariaDB, which differ in little, and those made after them. */
abstract class MySqlRecipe implements ContainerRecipe {
    private static final String ROOT = "root";
    private static final int PORT = 3306;

    private final ContainerImage image;
    private final String variablePrefix;

    private MySqlRecipe(ContainerImage image, String variablePrefix) {
        this.image = image;
        this.variablePrefix = variablePrefix;
    }

    /** Oracle's. */
    static ContainerRecipe mysql() {
        ContainerImage image =
                new ContainerImage("mysql", "8.4", "lifebelt.testing.image.mysql", "LIFEBELT_TEST_MYSQL_IMAGE");
        return new MySqlRecipe(image, "MYSQL") {
            @Override
            public JdbcDatabaseContainer<?> container(DockerImageName name) {
                return new MySQLContainer(name) {
                    @Override
                    protected void configure() {}

                    @Override
                    protected void waitUntilContainerStarted() {}
                };
            }
        };
    }

    /** The foundation's. */
    static ContainerRecipe mariadb() {
        ContainerImage image =
                new ContainerImage("mariadb", "11.4", "lifebelt.testing.image.mariadb", "LIFEBELT_TEST_MARIADB_IMAGE");
        return new MySqlRecipe(image, "MARIADB") {
            @Override
            public JdbcDatabaseContainer<?> container(DockerImageName name) {
                return new MariaDBContainer(name) {
                    @Override
                    protected void configure() {}

                    @Override
                    protected void waitUntilContainerStarted() {}
                };
            }
        };
    }

    @Override
    public ContainerImage image() {
        return image;
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public String owner() {
        return "mysql";
    }

    @Override
    public Map<String, String> environment(ServerSpec spec) {
        return Map.of(variablePrefix + "_ROOT_PASSWORD", spec.adminPassword(), variablePrefix + "_ROOT_HOST", "%");
    }

    @Override
    public List<String> arguments(ServerSpec spec) {
        return MySqlConfiguration.arguments(spec, ServerFiles.FOLDER);
    }

    @Override
    public Map<String, String> files(ServerSpec spec) {
        return Map.of();
    }

    @Override
    public boolean accepts(int publishedPort) {
        return GreetingProbe.accepts(publishedPort);
    }

    /** How it ends then, it was told before: see {@link Family#beforeStop}. */
    @Override
    public String signal(StopMode mode) {
        return "SIGTERM";
    }

    @Override
    public @Nullable String killScript() {
        return null;
    }

    /** The entrypoint makes only users of a database. */
    @Override
    public void makeAdministrator(Family family, ServerSpec spec, Access access) throws SQLException {
        String url = family.adminJdbcUrl(access.host(), access.port(), access.tls());
        String administrator = "'" + ServerSpec.ADMIN + "'@'%'";
        try (AdminSession root = new AdminSession(family, url, family.adminProperties(ROOT, spec.adminPassword()))) {
            root.execute(
                    "CREATE USER " + administrator + " IDENTIFIED BY '" + spec.adminPassword() + "'",
                    "GRANT ALL PRIVILEGES ON *.* TO " + administrator + " WITH GRANT OPTION");
        }
    }
}
