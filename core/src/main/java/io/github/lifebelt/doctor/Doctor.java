package io.github.lifebelt.doctor;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.doctor.Examination;
import io.github.lifebelt.internal.doctor.Patient;
import io.github.lifebelt.internal.doctor.ReportTexts;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first layer between an application and its database that is broken, and says what helps.
 *
 * <pre>{@code
 * Doctor.Report report = Doctor.of(System.getenv("DATABASE_URL")).replicas(3).surge(1).examine();
 * System.out.println(report.text());
 * }</pre>
 *
 * <p>It looks in the order in which connecting goes: what is written, the name, the line, TLS, the login, the server, the
 * pool's settings. One TCP connection is made to each address, and one login: a second one over TLS if MySQL refuses the
 * password of a plain one, and a few connections more after some failures. It changes nothing. No text of it has a secret
 * in it.
 *
 * <p>Immutable: each method that sets something gives a doctor that has it.
 */
public final class Doctor {

    /** How bad it is. */
    public enum Severity {
        /** Connecting does not work. */
        ERROR,
        /** It works, and will fail, or is not as safe as it looks. */
        WARNING,
        /** Good to know. */
        INFO
    }

    /** What stands between an application and its data, in the order in which connecting meets it. */
    public enum Layer {
        /** What is written: the connection string and its secret. Nothing is sent. */
        SECRET,
        /** The host's name. */
        DNS,
        /** The line, and who is at its other end. */
        TCP,
        /** Certificates, and what the two sides demand. */
        TLS,
        /** User, password or token, and from where they may come. */
        AUTH,
        /** The server, its database and its limits. */
        SERVER,
        /** The settings of the pool, and whether they fit the server. */
        POOL
    }

    /** What became of a layer. */
    public enum Status {
        /** It was looked at, and works. */
        OK,
        /** It is broken. */
        FAILED,
        /** It was not looked at: an earlier one is broken, or nothing was to be connected to. */
        SKIPPED
    }

    /** The outcome of an examination. */
    public enum Verdict {
        /** Nothing is wrong. */
        HEALTHY,
        /** It works, with warnings. */
        DEGRADED,
        /** It does not work. */
        BROKEN
    }

    /**
     * One thing that was found.
     *
     * @param code the stable code under which {@code ERRORS.md} explains it
     * @param severity how bad it is
     * @param layer where it is
     * @param what the evidence
     * @param fix one thing to do
     */
    public record Finding(String code, Severity severity, Layer layer, String what, String fix) {
        @Override
        public String toString() {
            return "[" + code + "] " + what + ". Fix: " + fix;
        }
    }

    /**
     * A layer that was, or was not, looked at.
     *
     * @param layer which
     * @param status what became of it
     * @param took how long it was looked at
     * @param seen what was seen that is as it should be, for people; may be empty
     */
    public record Examined(Layer layer, Status status, Duration took, String seen) {}

    /**
     * What an examination has found.
     *
     * @param target where the database is, without secrets
     * @param layers all of them, in their order
     * @param findings the worst first, and of these in the order of the layers
     */
    public record Report(Map<String, Object> target, List<Examined> layers, List<Finding> findings) {
        /**
         * Copies.
         *
         * @param target where the database is, without secrets
         * @param layers all of them, in their order
         * @param findings the worst first, and of these in the order of the layers
         */
        public Report {
            layers = List.copyOf(layers);
            findings = List.copyOf(findings);
        }

        /**
         * The outcome.
         *
         * @return broken if there is an error, degraded if there is a warning
         */
        public Verdict verdict() {
            return findings.stream()
                    .map(Finding::severity)
                    .min(Severity::compareTo)
                    .map(worst -> switch (worst) {
                        case ERROR -> Verdict.BROKEN;
                        case WARNING -> Verdict.DEGRADED;
                        case INFO -> Verdict.HEALTHY;
                    })
                    .orElse(Verdict.HEALTHY);
        }

        /**
         * What has to be put right first.
         *
         * @return the first error, empty if it works
         */
        public Optional<Finding> firstError() {
            return findings.stream()
                    .filter(finding -> finding.severity() == Severity.ERROR)
                    .findFirst();
        }

        /**
         * What became of a layer.
         *
         * @param layer which
         * @return its status
         */
        public Status status(Layer layer) {
            return layers.stream()
                    .filter(examined -> examined.layer() == layer)
                    .map(Examined::status)
                    .findFirst()
                    .orElse(Status.SKIPPED);
        }

        /**
         * The report for people.
         *
         * @return some lines, without colours
         */
        public String text() {
            return ReportTexts.text(this);
        }

        /**
         * The report for programs.
         *
         * @return one line of JSON: {@code target}, {@code verdict}, {@code layers}, {@code findings}
         */
        public String json() {
            return ReportTexts.json(this);
        }

        /**
         * For the start of an application, or a test.
         *
         * @return this
         * @throws IllegalStateException if there is an error: the message begins with the first one, and has the report
         */
        public Report orThrow() {
            firstError().ifPresent(first -> {
                throw new IllegalStateException(first + "\n\n" + text());
            });
            return this;
        }

        @Override
        public String toString() {
            return verdict() + " " + findings;
        }
    }

    private final Patient patient;

    private Doctor(Patient patient) {
        this.patient = patient;
    }

    /**
     * For a connection string in any of the formats.
     *
     * @param text as for {@link DatabaseUrl#parse}; it may be wrong
     * @return a doctor
     */
    public static Doctor of(String text) {
        return of(DatabaseUrl.read(Objects.requireNonNull(text, "text"), null));
    }

    /**
     * For a connection string that was read.
     *
     * @param reading whether it leads somewhere or not
     * @return a doctor
     */
    public static Doctor of(UrlReading reading) {
        return new Doctor(Patient.of(Objects.requireNonNull(reading, "reading")));
    }

    /**
     * For what the environment's variables name, with the pool's settings that stand in them.
     *
     * @param variables for example {@link System#getenv()}
     * @return a doctor
     */
    public static Doctor ofEnvironment(Map<String, String> variables) {
        return of(DatabaseUrl.readEnvironment(variables, null)).settings(variables);
    }

    /**
     * For a pool, with its credentials, its resolver and all of its settings.
     *
     * @param config of the pool
     * @return a doctor
     */
    public static Doctor of(PoolConfig config) {
        return new Doctor(Patient.of(Objects.requireNonNull(config, "config")));
    }

    /**
     * Takes the pool's settings in the environment into account, as {@code ConnectionPool.fromEnvironment()} does.
     *
     * @param variables for example {@link System#getenv()}; of interest are those such as {@code LIFEBELT_MAX_SIZE}
     * @return a doctor that does
     */
    public Doctor settings(Map<String, String> variables) {
        return new Doctor(patient.settings(variables));
    }

    /**
     * Says how many instances of the application there are, each with a pool.
     *
     * @param count 1 to 10,000; the setting {@code replicas} by default
     * @return a doctor that knows
     */
    public Doctor replicas(int count) {
        return new Doctor(patient.replicas(Limits.count("replicas", count, 1, Limits.MAX_POOL)));
    }

    /**
     * Says how many instances there are more while a new version is rolled out.
     *
     * @param count 0 to 10,000; a quarter of the replicas by default, rounded up, and none for a single one
     * @return a doctor that knows
     */
    public Doctor surge(int count) {
        return new Doctor(patient.surge(Limits.count("surge", count, 0, Limits.MAX_POOL)));
    }

    /**
     * Sets how long the whole may take, whatever happens to what is sent.
     *
     * @param limit 100 ms or more; 30 s by default
     * @return a doctor in a hurry, or with time
     */
    public Doctor timeout(Duration limit) {
        return new Doctor(patient.timeout(Limits.between("timeout", limit, Duration.ofMillis(100), Limits.DAY)));
    }

    /**
     * Looks at what is written only, and sends nothing.
     *
     * @return a doctor that stays at home
     */
    public Doctor withoutConnecting() {
        return new Doctor(patient.withoutConnecting());
    }

    /**
     * Looks. Takes no longer than the time-out, and does not throw for what it finds.
     *
     * @return what was found
     */
    public Report examine() {
        return new Examination(patient).report();
    }

    /** Where it leads, without secrets. */
    @Override
    public String toString() {
        @Nullable DatabaseUrl url = patient.reading().url();
        return "Doctor[" + (url == null ? "of what cannot be read" : url.target()) + "]";
    }
}
