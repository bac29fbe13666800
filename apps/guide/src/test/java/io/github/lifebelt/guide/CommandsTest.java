package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The commands of the documents, in a shell, on a real server. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class CommandsTest {
    private static final Path SCRIPTS = Path.of("src/test/sh").toAbsolutePath();

    @Test
    void theDoctorFindsAServerThatWorks(TestDatabase database) throws Exception {
        try (Program doctor = run("doctor", database)) {
            assertThat(doctor.end()).as(doctor.output()).isZero();
            assertThat(doctor.output()).contains("server  ok").doesNotContain(database.password());
        }
    }

    @Test
    void theObserverObservesUntilItIsStopped(TestDatabase database) throws Exception {
        try (Program observer = run("observe", database)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> observer.output().contains("The watch begins: 900 s on")
                            && observer.output().contains("s units "));
            observer.stop();
            observer.end();
            assertThat(observer.output()).contains("RESULT {").doesNotContain(database.password());
        }
    }

    private static Program run(String region, TestDatabase database) throws IOException {
        String script = Objects.requireNonNull(Sources.under(SCRIPTS).find("commands.sh#" + region));
        return Program.start(
                new ProcessBuilder("bash", "-c", script),
                Map.of(
                        "DATABASE_URL",
                        database.url(),
                        "PATH",
                        SCRIPTS + File.pathSeparator + System.getenv("PATH"),
                        "GUIDE_JAVA",
                        Program.java(),
                        "GUIDE_CLASS_PATH",
                        System.getProperty("java.class.path")));
    }
}
