package io.github.lifebelt.apps.service;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The service's command line. */
@Command(
        name = "lifebelt-service",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "A small HTTP service: transfers between accounts, its health and its metrics, and a page at / that shows the"
                    + " pool at work and breaks its database at the press of a button.",
            "Addresses: /, /health, /health/live, /health/ready, /metrics, /accounts, POST /transfers."
        },
        footer = {"", "Ends on SIGTERM or Ctrl-C when what is at work has finished."})
public final class Main implements Callable<Integer> {
    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_THREADS = 8;

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = Options.Port.class,
            defaultValue = "" + DEFAULT_PORT,
            description = "Where to listen; 0 is any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description =
                    "On which address; by default the loopback, which nobody else reaches. The page's buttons are for"
                            + " this machine on any address.")
    private @Nullable String bind;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Options.Threads.class,
            defaultValue = "" + DEFAULT_THREADS,
            description = "Threads that transfer all the time, 0 to 64. Default: ${DEFAULT-VALUE}.")
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
                    "An own server, PostgreSQL or MySQL, instead of the embedded one. Its tables begin with lifebelt_,"
                            + " and stay; it is not broken.")
    private @Nullable String url;

    @Option(names = "--verbose", description = "Show the log on standard error.")
    private boolean verbose;

    private final PrintStream out;
    private final PrintStream err;

    private Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the service until the process is told to end.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        return new CommandLine(new Main(out, err))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(Options::explain)
                .execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "off");
        // Here and now: SLF4J complains when several threads log while it sets itself up.
        LoggerFactory.getILoggerFactory();
        try {
            Target target = target();
            boolean serving = false;
            try {
                serve(target);
                serving = true;
            } finally {
                if (!serving) {
                    target.close();
                }
            }
        } catch (SQLException | IOException | RuntimeException e) {
            err.println("The service did not start: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        // The hook ends the process.
        new CountDownLatch(1).await();
        return CommandLine.ExitCode.OK;
    }

    private Target target() {
        String text = url;
        if (text == null) {
            err.println("Starting an embedded " + database.title() + " ...");
            return EmbeddedServer.start(database, err::println);
        }
        Target own = Target.own(text);
        err.println("Connecting to " + own.describe() + " ...");
        return own;
    }

    private void serve(Target target) throws SQLException, IOException {
        Service service = Service.start(target, new InetSocketAddress(address(), port), threads);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service, target), "service-end"));
        InetSocketAddress bound = service.address();
        String host =
                bound.getAddress().isLoopbackAddress() || bound.getAddress().isAnyLocalAddress()
                        ? "localhost"
                        : bound.getAddress().getHostAddress();
        out.println("Serving " + target.describe() + " at http://" + host + ":" + bound.getPort() + "/");
    }

    private InetAddress address() throws UnknownHostException {
        return bind == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(bind);
    }

    private void end(Service service, Target target) {
        try (target) {
            service.close();
        } finally {
            Figures.Transfers all = service.transfers();
            out.println("Ended. Transfers: " + all.committed() + " committed, " + all.failed() + " failed, "
                    + all.unknown() + " unknown");
        }
    }
}
