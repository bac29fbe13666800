package io.github.lifebelt.guide;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of an example's own, with an environment of its own. */
final class Program implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A class with a {@code main}. */
    static Program start(Class<?> main, Map<String, String> environment) throws IOException {
        return start(
                new ProcessBuilder(java(), "-cp", System.getProperty("java.class.path"), main.getName()), environment);
    }

    static Program start(ProcessBuilder command, Map<String, String> environment) throws IOException {
        Path output = Files.createTempFile("lifebelt-guide", ".log");
        output.toFile().deleteOnExit();
        command.environment().putAll(environment);
        return new Program(
                command.redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Waits for its end; returns its exit code. */
    int end() throws InterruptedException, IOException {
        if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("a program has not ended after " + END + ": " + output());
        }
        return process.exitValue();
    }

    /** Asks it, and what it has started, to end. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
