package io.github.lifebelt.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Servers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with a module descriptor finds the dialect and can use the pool. */
@Tag("smoke")
class ModulePathTest {

    private static final List<String> NEEDED =
            List.of("core", "postgres", "HikariCP", "slf4j-api", "postgresql", "jspecify", "checker-qual");

    @TempDir
    Path folder;

    @Test
    void aModularApplicationBorrowsAConnection() throws IOException, InterruptedException {
        Path module = write("module-info.java", """
                module app {
                    requires io.github.lifebelt.postgres;
                }
                """);
        Path main = write("app/Main.java", """
                package app;
                import io.github.lifebelt.ConnectionPool;
                import io.github.lifebelt.tx.UnitOfWork;
                public class Main {
                    public static void main(String[] args) throws Exception {
                        try (ConnectionPool pool = ConnectionPool.fromUrl(args[0])) {
                            System.out.println("read-only: " + UnitOfWork.on(pool).call(tx -> tx.connection().isReadOnly()));
                        }
                    }
                }
                """);
        Path classes = folder.resolve("classes");
        String modulePath = modulePath();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--module-path",
                        modulePath,
                        "-d",
                        classes.toString(),
                        module.toString(),
                        main.toString());
        assertThat(compiled).isZero();

        Path output = folder.resolve("output");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        classes + File.pathSeparator + modulePath,
                        "--module",
                        "app/app.Main",
                        Servers.get(true).url())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output)).contains("read-only: false");
        assertThat(java.exitValue()).isZero();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Of this test's class path what such an application has: ours as folders or jars, and what they need. */
    private static String modulePath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> NEEDED.stream().anyMatch(name -> belongsTo(Path.of(entry), name)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean belongsTo(Path entry, String name) {
        String file = entry.getFileName().toString();
        return file.matches("(lifebelt-)?" + name + "-[0-9].*\\.jar")
                || (file.equals("classes") && isBuiltBy(entry, name));
    }

    /** Whether a folder lies under the output folder of a module, however deep. */
    private static boolean isBuiltBy(Path classes, String module) {
        Path above = classes;
        while (above != null && !above.endsWith("target")) {
            above = above.getParent();
        }
        return above != null && above.getParent().endsWith(module);
    }
}
