package io.github.lifebelt.frameworks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes down what has been run: a line {@code name, version, product, java, tests}, with tabs between, into
 * {@code target/versions.tsv}, if all tests of the class have passed; if not, takes out what an earlier run has written. For an instance field of a class with one instance.
 */
public final class VersionReport implements TestWatcher, AfterAllCallback {
    private static final Path FILE = Path.of("target", "versions.tsv");

    private final String name;
    private final Class<?> from;
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();

    /**
     * A report on one library.
     *
     * @param name what people call it
     * @param from a class of its main jar: the version is that of the jar that was loaded
     */
    public VersionReport(String name, Class<?> from) {
        this.name = name;
        this.from = from;
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        passed.incrementAndGet();
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        others.incrementAndGet();
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        others.incrementAndGet();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        boolean good = others.get() == 0
                && passed.get() > 0
                && context.getExecutionException().isEmpty();
        String key = String.join(
                "\t", name, version(), FaultContract.PRODUCT.name(), System.getProperty("java.version"), "");
        try {
            List<String> lines = new ArrayList<>(Files.exists(FILE) ? Files.readAllLines(FILE) : List.of());
            lines.removeIf(line -> line.startsWith(key));
            if (good) {
                lines.add(key + passed);
            }
            Files.write(FILE, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " cannot be written", e);
        }
    }

    /** Of the folder in which a Maven repository keeps the jar: unlike constants and manifests every library has one. */
    private String version() {
        try {
            Path jar = Path.of(
                    from.getProtectionDomain().getCodeSource().getLocation().toURI());
            return jar.getParent().getFileName().toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(from + " is not from a jar of a Maven repository", e);
        }
    }
}
