package io.github.lifebelt.apps.benchmarks;

import io.github.lifebelt.apps.benchmarks.bench.BenchCommand;
import io.github.lifebelt.apps.benchmarks.bench.Effort;
import io.github.lifebelt.apps.benchmarks.results.ResultsCommand;
import io.github.lifebelt.apps.benchmarks.scorecard.ScorecardCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks' command line. */
@Command(
        name = "lifebelt-benchmarks",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Measures Lifebelt beside other pools on embedded databases.")
public final class Main {

    private Main() {}

    /**
     * Runs a command and ends the JVM.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                UnaryOperator.identity(),
                arguments));
    }

    static int run(PrintWriter out, PrintWriter err, UnaryOperator<Effort> adjustment, String... arguments) {
        return new CommandLine(new Main())
                .addSubcommand(new BenchCommand(adjustment))
                .addSubcommand(new ScorecardCommand())
                .addSubcommand(new ResultsCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .execute(arguments);
    }
}
