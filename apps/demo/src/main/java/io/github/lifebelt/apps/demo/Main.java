package io.github.lifebelt.apps.demo;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demo's command line. */
@Command(
        name = "lifebelt-demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Moves money between accounts while the database's sessions are ended every 200 ms and the server restarts"
                    + " half-way, and checks the ledger afterwards.",
            "With --observe it makes no faults itself, and says what an application notices of those that you make.",
            "Progress goes to standard error; the last line of standard output is RESULT and JSON."
        },
        footer = {
            "",
            "Exit codes: 0 if every unit was committed exactly once and the storm, if there was to be one, was one;"
                    + " 1 if not; 2 for an option that cannot be."
        })
public final class Main implements Callable<Integer> {
    private static final int DEFAULT_THREADS = 8;
    private static final String VARIABLE = "DATABASE_URL";
    private static final long WIND_DOWN_SECONDS = 10;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = Options.Seconds.class,
            defaultValue = "20",
            description = "How long units are begun, 1 to 86400. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = Options.Seed.class,
            defaultValue = "1",
            description = "Of the transfers and the pauses between them. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Options.Threads.class,
            defaultValue = "" + DEFAULT_THREADS,
            description = "Threads that transfer, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            converter = Options.EmbeddedDatabase.class,
            defaultValue = "postgres",
            description = "Which embedded server to start: postgres or mysql. Default: ${DEFAULT-VALUE}.")
    private Database database = Database.POSTGRES;

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = Options.Url.class,
            description =
                    "An own server, PostgreSQL or MySQL, instead of the embedded one. Tables with a name of their own are made"
                            + " there and dropped, only the pool's sessions are ended, and nothing is restarted.")
    private @Nullable String url;

    @Option(
            names = "--observe",
            description =
                    "Make no faults, but run the transfers on the server of --url, or of DATABASE_URL in the environment,"
                            + " and note the outages that they meet, until --seconds are over or Ctrl-C. Units wait for up to 5 minutes"
                            + " for the database. Other users of the machine can see arguments, and not the environment.")
    private boolean observe;

    @Option(names = "--verbose", description = "Show the pool's log on standard error.")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private volatile @Nullable Demo demo;
    private volatile boolean interrupted;

    private Main(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /**
     * Runs the demo and ends the JVM.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, System.getenv(), arguments));
    }

    static int run(PrintStream out, PrintStream err, Map<String, String> environment, String... arguments) {
        return new CommandLine(new Main(out, err, environment))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(Options::explain)
                .execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (observe && url == null) {
            url = urlOfTheEnvironment();
        }
        setUpLog();
        CountDownLatch finished = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> windDown(finished), "demo-wind-down");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        if (url == null) {
            err.println("Starting an embedded " + database.title() + " ...");
        }
        try (Target target = url == null ? EmbeddedServer.start(database, err::println) : new OwnServer(url, observe)) {
            return run(target);
        } catch (SQLException | RuntimeException | LinkageError e) {
            // What is torn down under a run makes it fail, and so do classes that come too late to add a shutdown hook.
            err.println(interrupted ? "Interrupted." : "The demo broke off: " + e.getMessage());
            if (verbose) {
                e.printStackTrace(err);
            }
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            finished.countDown();
            unhook(onInterrupt);
        }
    }

    /** Only where nothing is broken: a storm needs a server that somebody has named to be broken. */
    private String urlOfTheEnvironment() {
        String text = environment.getOrDefault(VARIABLE, "");
        if (text.isBlank()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--observe needs the server that is to be observed: " + VARIABLE + " in the environment, or --url");
        }
        try {
            DatabaseUrl.parse(text);
            return text;
        } catch (ConfigurationException e) {
            throw new ParameterException(spec.commandLine(), VARIABLE + " in the environment: " + e.getMessage());
        }
    }

    /** Off unless it is asked for: the live line is what is to be seen. */
    private void setUpLog() {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "off");
        // Here and now: SLF4J complains when several threads log while it sets itself up.
        LoggerFactory.getILoggerFactory();
    }

    private int run(Target target) throws SQLException, InterruptedException {
        Demo.Plan plan = new Demo.Plan(Duration.ofSeconds(seconds), seed, threads, observe);
        Demo running = new Demo(target, plan, new Progress(err, !verbose && Progress.isTerminal()));
        demo = running;
        err.println((observe ? "The watch begins: " : "The storm begins: ") + seconds + " s on " + target.describe());
        Demo.Ending ending = running.run();
        Verdict verdict = Verdict.of(ending.result(), url == null && threads == DEFAULT_THREADS);
        new Summary(out).print(target, plan, ending, verdict);
        return verdict.isGood() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** On Ctrl-C: so that no tables stay behind on somebody's own server. */
    private void windDown(CountDownLatch finished) {
        interrupted = true;
        Demo running = demo;
        if (running != null) {
            running.stop();
        }
        try {
            finished.await(WIND_DOWN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void unhook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down, and the hook runs.
        }
    }
}
