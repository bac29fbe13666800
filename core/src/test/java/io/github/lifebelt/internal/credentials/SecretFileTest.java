package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {

    @TempDir
    private Path folder;

    private String secretOf(String content) throws IOException, SQLException {
        Path file = Files.writeString(folder.resolve("password"), content);
        return CredentialsProvider.fromFile("app", file).get().secret();
    }

    @Test
    void oneLineBreakAtTheEndIsNotTheSecrets() throws Exception {
        assertThat(secretOf("pa ss\n")).isEqualTo("pa ss");
        assertThat(secretOf("pa ss\r\n")).isEqualTo("pa ss");
        assertThat(secretOf("pass\n\n")).isEqualTo("pass\n");
        assertThat(secretOf(" päss ")).isEqualTo(" päss ");
    }

    @Test
    void anExchangedFileAndAnExchangedLinkAreSeen() throws Exception {
        // As a Kubernetes mount has it: password -> ..data/password, ..data -> a folder with a date in its name.
        Path first = Files.createDirectory(folder.resolve("..2026_1"));
        Path second = Files.createDirectory(folder.resolve("..2026_2"));
        Files.writeString(first.resolve("password"), "one");
        Files.writeString(second.resolve("password"), "two");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_1"));
        Path mounted = Files.createSymbolicLink(folder.resolve("password"), Path.of("..data/password"));
        CredentialsProvider provider = CredentialsProvider.fromFile("app", mounted);
        assertThat(provider.get()).isEqualTo(Credentials.of("app", "one"));
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2026_2"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(provider.get()).isEqualTo(Credentials.of("app", "two"));
        Files.writeString(second.resolve("password"), "six");
        assertThat(provider.get().secret()).isEqualTo("six");
    }

    @Test
    void aTokenSaysWhenItExpires() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TokenExpiryTest.jwt("{\"exp\":1893456000}") + "\n");
        assertThat(CredentialsProvider.fromFile("app", file).get().expiresAt())
                .isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void whatIsNoSecretIsAFailure() throws Exception {
        assertThatThrownBy(() -> secretOf("\n"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> secretOf("x".repeat(70_000))).hasMessageContaining("too long");
        assertThatThrownBy(() -> CredentialsProvider.fromFile("app", folder.resolve("missing"))
                        .get())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("NoSuchFileException");
        assertThat(CredentialsProvider.fromFile("app", folder.resolve("missing")))
                .hasToString("the secret file " + folder.resolve("missing"));
    }
}
