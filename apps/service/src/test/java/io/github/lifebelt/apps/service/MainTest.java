package io.github.lifebelt.apps.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as it is run. */
class MainTest {
    private static final Pattern ADDRESS = Pattern.compile("Serving .* at http://localhost:(\\d+)/");

    @Test
    @Timeout(50)
    void itPrintsItsAddressAndEndsInPeaceWhenItIsTold() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--port",
                        "0",
                        "--threads",
                        "2")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            Matcher address = ADDRESS.matcher(String.valueOf(out.readLine()));
            assertThat(address.matches()).isTrue();
            Client client = new Client(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(address.group(1))));
            assertThat(client.transfer("{\"from\":1,\"to\":2,\"amount\":5}").statusCode())
                    .isEqualTo(200);

            // The handle's leaves the streams open.
            assertThat(process.toHandle().destroy()).isTrue();

            assertThat(out.readLine()).matches("Ended\\. Transfers: [1-9]\\d* committed, .*");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
