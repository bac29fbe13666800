package io.github.lifebelt.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswererTest {

    @ParameterizedTest
    @CsvSource({
        "S, POSTGRESQL",
        "N, POSTGRESQL",
        "HTTP/1.1 400 Bad Request, HTTP",
        "SSH-2.0-OpenSSH_9.2, SSH",
        "+OK POP3 ready, STRANGER"
    })
    void theFirstLettersTell(String words, Answerer who) throws Exception {
        assertThat(asked(words)).isEqualTo(who);
    }

    @ParameterizedTest
    @CsvSource({"4a0000000a382e30, MYSQL", "17000000ff1004, MYSQL", "15030300020228, TLS", "45000000645346, POSTGRESQL"
    })
    void soDoTheFirstBytes(String hex, Answerer who) throws Exception {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        assertThat(asked(new String(bytes, StandardCharsets.ISO_8859_1))).isEqualTo(who);
    }

    @ParameterizedTest
    @CsvSource({"false, SILENT", "true, CLOSES"})
    void whoSaysNothing(boolean closes, Answerer who) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            if (closes) {
                answer(listener, "");
            }
            assertThat(Answerer.at(at(listener), Duration.ofMillis(closes ? 5_000 : 200)))
                    .isEqualTo(who);
        }
    }

    private static Answerer asked(String words) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            answer(listener, words);
            return Answerer.at(at(listener), Duration.ofSeconds(10));
        }
    }

    private static InetSocketAddress at(ServerSocket listener) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    private static void answer(ServerSocket listener, String words) {
        CompletableFuture.runAsync(() -> {
            while (!listener.isClosed()) {
                try (Socket client = listener.accept()) {
                    client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The end of the test.
                    return;
                }
            }
        });
    }
}
