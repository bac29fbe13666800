package io.github.lifebelt.testing.internal.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void anotherJvmDoesNotGetAReservedPort() throws Exception {
        int port = Ports.reserve();
        assertThat(isFreeForAnotherJvm(port)).isFalse();
        Ports.release(port);
        assertThat(isFreeForAnotherJvm(port)).isTrue();
    }

    private static boolean isFreeForAnotherJvm(int port) throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherJvm.class.getName(),
                        Integer.toString(port))
                .inheritIO()
                .start();
        int exitCode = other.waitFor();
        assertThat(exitCode).isBetween(OtherJvm.FREE, OtherJvm.TAKEN);
        return exitCode == OtherJvm.FREE;
    }

    /** Says by its exit code what it finds. */
    static final class OtherJvm {
        static final int FREE = 10;
        static final int TAKEN = 11;

        private OtherJvm() {}

        public static void main(String[] arguments) throws Exception {
            try (FileChannel file = FileChannel.open(Workspace.openCache().resolve("ports"), StandardOpenOption.WRITE);
                    FileLock lock = file.tryLock(Integer.parseInt(arguments[0]), 1, false)) {
                System.exit(lock == null ? TAKEN : FREE);
            }
        }
    }
}
