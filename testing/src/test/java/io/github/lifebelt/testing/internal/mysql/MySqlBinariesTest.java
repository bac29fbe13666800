package io.github.lifebelt.testing.internal.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.lifebelt.testing.internal.mysql.MySqlBinaries.NotHereException;
import io.github.lifebelt.testing.internal.system.UnpackedArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlBinariesTest {
    @TempDir
    private Path home;

    @Test
    void theVersionIsWhatTheProgramSays() throws IOException {
        MySqlBinaries binaries =
                program("echo '/x/mysqld  Ver 8.0.31 for Linux on x86_64 (MySQL Community Server - GPL)'");
        assertThat(binaries.version()).isEqualTo("8.0.31");
        assertThat(List.of("8", "8.0", "8.0.31")).allMatch(binaries::isOf);
        assertThat(List.of("8.4", "8.0.3", "80")).noneMatch(binaries::isOf);
        assertThat(binaries.isOf(null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"libaio.so.1,libaio1", "libnuma.so.1,libnuma1", "libother.so.2,the package that has it"})
    void aLibraryThatIsMissingIsNamedWithItsPackage(String library, String toInstall) {
        assertThatExceptionOfType(NotHereException.class)
                .isThrownBy(() -> program("echo 'mysqld: error while loading shared libraries: " + library
                        + ": cannot open shared object file: No such file or directory' >&2; exit 127"))
                .withMessageContaining("for lack of " + library + ";")
                .withMessageContaining(toInstall);
    }

    @Test
    void anyOtherFailureIsNoReasonToTakeAnother() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> program("echo broken; exit 1"))
                .withMessageContaining("broken")
                .isNotInstanceOf(NotHereException.class);
    }

    private MySqlBinaries program(String script) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path program = Files.writeString(bin.resolve("mysqld"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return MySqlBinaries.of(new UnpackedArchive(home, "key"), "mysqld");
    }
}
