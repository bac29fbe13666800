package io.github.lifebelt.postgres.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.tx.UnitOfWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime image need not have every module of the JDK. */
class WithoutFlightRecorderTest {

    @TempDir
    Path folder;

    /** What an application does, in a JVM of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] url) throws Exception {
            System.out.println(
                    "recorder: " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            try (ConnectionPool pool = ConnectionPool.builder(url[0]).maxSize(1).open()) {
                UnitOfWork.on(pool).run(tx -> tx.connection().isValid(1));
                pool.recycle();
                pool.getConnection().close();
                System.out.println("connects: " + pool.stats().connects());
            }
        }
    }

    @Test
    void aPoolWorksWhereTheModuleIsMissing() throws Exception {
        Path output = folder.resolve("output");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.sql,java.naming,java.management,java.security.jgss,java.security.sasl,jdk.net",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        Servers.get(false).url())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output)).contains("recorder: false", "connects: 2");
        assertThat(java.exitValue()).isZero();
    }
}
