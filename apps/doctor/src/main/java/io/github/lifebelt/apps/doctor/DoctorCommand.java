package io.github.lifebelt.apps.doctor;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.doctor.Doctor;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Verdict;
import io.github.lifebelt.internal.config.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Examines a database's connection and says which layer is broken, and what helps. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Looks at the way to a database in the order in which connecting goes, and stops at what is broken: what is"
                    + " written (secret), the host's name (dns), the line (tcp), tls, the login (auth), the server, and the"
                    + " settings of the pool. Each finding has a code, what was seen, and one thing to do.",
            "One TCP connection is made to each address, and one login; a second one over TLS if MySQL refuses the password"
                    + " of a plain one, and a few connections more after some failures. Nothing is changed, and no secret"
                    + " is shown."
        },
        footer = {
            "",
            "Settings of the pool are taken from the URL (lifebelt.max-size=10) and the environment"
                    + " (LIFEBELT_MAX_SIZE=10).",
            "Exit codes: 0 if it works, with warnings or without; 1 if something is broken; 2 for arguments that cannot be."
        })
final class DoctorCommand implements Callable<Integer> {
    private final PrintWriter out;
    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The connection string, in any format that Lifebelt reads. Other users of the machine can see"
                    + " arguments: without it the environment is read (DATABASE_URL and its like), as"
                    + " ConnectionPool.fromEnvironment() does.")
    private @Nullable String url;

    @Option(names = "--json", description = "Write the report as one line of JSON.")
    private boolean json;

    @Option(names = "--no-connect", description = "Look at what is written only, and send nothing.")
    private boolean noConnect;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "How many instances of the application there are, each with a pool (1).")
    private @Nullable Integer replicas;

    @Option(
            names = "--surge",
            paramLabel = "N",
            description = "How many more there are while a new version is rolled out (a quarter).")
    private @Nullable Integer surge;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long the whole may take, for example 10s (30s).")
    private String timeout = "30s";

    DoctorCommand(PrintWriter out, Map<String, String> environment) {
        this.out = out;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Doctor doctor =
                url == null ? Doctor.ofEnvironment(environment) : Doctor.of(url).settings(environment);
        try {
            doctor = doctor.timeout(duration());
            doctor = replicas == null ? doctor : doctor.replicas(replicas);
            doctor = surge == null ? doctor : doctor.surge(surge);
        } catch (ConfigurationException e) {
            throw usage(e.detail());
        }
        Report report = (noConnect ? doctor.withoutConnecting() : doctor).examine();
        out.print(json ? report.json() + System.lineSeparator() : coloured(report.text()));
        return report.verdict() == Verdict.BROKEN ? 1 : 0;
    }

    private Duration duration() {
        Duration read = Durations.parse(timeout);
        if (read == null) {
            throw usage("--timeout is no duration with its unit such as 500ms, 10s or 1m");
        }
        return read;
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    /** Where colours can be seen; what is piped or redirected stays plain. */
    private static String coloured(String text) {
        if (!Ansi.AUTO.enabled()) {
            return text;
        }
        return text.replaceAll("(?m)^ERROR \\S+|\\bFAILED\\b|: BROKEN$", red("$0"))
                .replaceAll("(?m)^WARNING \\S+|: DEGRADED$", "\u001b[33m$0\u001b[0m")
                .replaceAll("(?m)^  Fix:", "\u001b[1m$0\u001b[0m");
    }

    private static String red(String text) {
        return "\u001b[31m" + text + "\u001b[0m";
    }
}
