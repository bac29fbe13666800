package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A program run to its end, with all it printed. Input and output go through files, so nothing can block. */
public record Command(int exitCode, String output) {
    /** Runs the program in the folder; input is a text or "". Ended by force if it takes longer than {@code atMost}. */
    public static Command run(List<String> command, Path folder, String input, Duration atMost) throws IOException {
        Path in = Files.createTempFile("lifebelt-", ".in");
        Path out = Files.createTempFile("lifebelt-", ".out");
        try {
            Files.writeString(in, input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile());
            useNeutralEnvironment(builder.environment());
            Process process = builder.start();
            boolean ended = Waiting.until(atMost, () -> !process.isAlive());
            if (!ended) {
                process.destroyForcibly();
            }
            String output = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
            if (!ended) {
                throw new IOException(command.get(0) + " did not end within " + atMost + "; output: " + output);
            }
            return new Command(process.exitValue(), output);
        } finally {
            Files.deleteIfExists(in);
            Files.deleteIfExists(out);
        }
    }

    /** The same language, time zone and defaults everywhere: a developer's PGPORT must not reach a test's server. */
    public static void useNeutralEnvironment(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }

    public boolean succeeded() {
        return exitCode == 0;
    }
}
