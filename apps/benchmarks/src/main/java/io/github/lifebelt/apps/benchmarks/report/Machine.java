package io.github.lifebelt.apps.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Properties;

/** What a run ran on: figures without it mean nothing. */
public final class Machine {

    private Machine() {}

    /** In a few lines. */
    public static String describe() {
        return "Machine: " + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.runtime.version") + "\n"
                + "Versions: " + versions() + "\n"
                + "Time: " + OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + ", " + load();
    }

    /** How busy the machine is, this program included. */
    public static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return "load average (1 min) " + (load < 0 ? "unknown" : Numbers.shortly(load));
    }

    // A shaded jar keeps no manifests of its parts, so the build writes their versions down.
    private static String versions() {
        Properties versions = new Properties();
        try (InputStream in = Machine.class.getResourceAsStream("/lifebelt-benchmarks.properties")) {
            if (in != null) {
                versions.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions.stringPropertyNames().stream()
                .sorted()
                .map(name -> name + " " + versions.getProperty(name))
                .reduce((a, b) -> a + ", " + b)
                .orElse("unknown");
    }
}
