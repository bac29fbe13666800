package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes. */
@DisabledOnOs(OS.WINDOWS)
class SecretCommandTest {

    @TempDir
    private Path folder;

    private static CredentialsProvider shell(String script, Duration timeout) {
        return CredentialsProvider.fromCommand("app", List.of("sh", "-c", script), timeout);
    }

    private static Credentials run(String script) throws SQLException {
        return shell(script, Duration.ofSeconds(20)).get();
    }

    @Test
    void theFirstLineOfItsOutputIsTheSecret() throws Exception {
        assertThat(run("printf 'se cret\\nmore'")).isEqualTo(Credentials.of("app", "se cret"));
        assertThat(run("echo " + TokenExpiryTest.jwt("{\"exp\":1893456000}")).expiresAt())
                .isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void aProgramThatTalksALotDoesNotHangAndOneThatReadsGetsNothing() throws Exception {
        assertThat(run("echo first; head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; cat")
                        .secret())
                .isEqualTo("first");
    }

    @Test
    void ofItsComplaintOnlyTheBeginningIsShownAndNoSecret() {
        assertThatThrownBy(() -> run("echo hunter2; echo 'login first, password=hunter3' >&2; echo more >&2; exit 3"))
                .isInstanceOf(SQLException.class)
                .hasMessage("it has ended with 3 and says: login first, password=***");
        assertThatThrownBy(() -> run("exit 1")).hasMessage("it has ended with 1");
    }

    @Test
    void whatIsNoSecretIsAFailure() {
        assertThatThrownBy(() -> run("echo")).hasMessageContaining("an empty line");
        assertThatThrownBy(() -> run("echo '{'")).hasMessageContaining("--output tsv");
        assertThatThrownBy(() -> CredentialsProvider.fromCommand(
                                "app", List.of("no-such-program", "hunter2"), Duration.ofSeconds(1))
                        .get())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("cannot be started")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> CredentialsProvider.fromCommand("app", List.of(), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneThatTakesTooLongIsEndedWithItsChildren() throws Exception {
        Path file = folder.resolve("child");
        long begin = System.nanoTime();
        assertThatThrownBy(() -> shell("tail -f /dev/null & echo $! > " + file + "; wait", Duration.ofSeconds(3))
                        .get())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("3000 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertEnds(file);
    }

    @Test
    void oneThatNobodyWaitsForAnyLongerIsEnded() throws Exception {
        Path file = folder.resolve("process");
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                shell("echo $$ > " + file + "; exec tail -f /dev/null", Duration.ofMinutes(5))
                        .get();
            } catch (SQLException e) {
                failure.set(e);
            }
        });
        caller.start();
        await().until(() -> Files.exists(file) && Files.size(file) > 1);
        caller.interrupt();
        caller.join(20_000);
        assertThat(failure.get()).isInstanceOf(SQLException.class).hasMessageContaining("not waited for");
        assertEnds(file);
    }

    private static void assertEnds(Path file) throws Exception {
        long pid = Long.parseLong(Files.readString(file).trim());
        await().until(() -> ProcessHandle.of(pid)
                .map(ProcessHandle::onExit)
                .map(CompletableFuture::isDone)
                .orElse(true));
    }
}
