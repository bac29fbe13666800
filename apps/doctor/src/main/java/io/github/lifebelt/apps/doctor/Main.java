package io.github.lifebelt.apps.doctor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The doctor's command line. */
@Command(
        name = "lifebelt-doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Says in plain words why a database connection does not work, and what Lifebelt makes of a connection string.",
        footer = {
            "",
            "Exit codes: 0 if it was done and nothing is broken; 1 if it could not be, or something is; 2 for arguments"
                    + " that cannot be."
        })
public final class Main {

    private Main() {}

    /**
     * Runs a command and ends the JVM.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        // The descriptors themselves: System.out would encode as the locale has it.
        System.exit(run(
                System.getenv(),
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                arguments));
    }

    /** Everything is UTF-8, in both directions. */
    static int run(InputStream in, OutputStream out, OutputStream err, String... arguments) {
        return run(Map.of(), in, out, err, arguments);
    }

    static int run(
            Map<String, String> environment, InputStream in, OutputStream out, OutputStream err, String... arguments) {
        PrintWriter toOut = utf8(out);
        PrintWriter toErr = utf8(err);
        CommandLine command = new CommandLine(new Main())
                .addSubcommand(new DoctorCommand(toOut, environment))
                .addSubcommand(new ParseCommand(in, toOut, toErr))
                .setOut(toOut)
                .setErr(toErr)
                .setParameterExceptionHandler(Main::explain);
        int code = command.execute(arguments);
        toOut.flush();
        toErr.flush();
        return code;
    }

    /** Never repeats an argument that is no option: people paste URLs, with passwords, into any place. */
    private static int explain(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(failure instanceof UnmatchedArgumentException unmatched ? name(unmatched) : failure.getMessage());
        command.usage(err);
        return CommandLine.ExitCode.USAGE;
    }

    private static String name(UnmatchedArgumentException failure) {
        String first = failure.getUnmatched().get(0);
        if (first.startsWith("-")) {
            return "Unknown option " + first.replaceFirst("=.*", "");
        }
        return first.matches("[a-z]{1,20}")
                ? "Unknown command " + first
                : "An argument is neither a command nor an option (it is not shown, it may hold a secret)";
    }

    private static PrintWriter utf8(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
    }
}
