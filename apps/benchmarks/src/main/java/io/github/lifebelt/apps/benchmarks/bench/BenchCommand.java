package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Logs;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.report.Report;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what a borrow costs, Lifebelt beside its peers, on an embedded PostgreSQL, and says which promises"
                    + " hold. Promises are judged by the ratios of paired rounds in this process; JMH's figures, one fork"
                    + " for each pool, stand beside them.",
            "Tables go to standard output, progress to standard error."
        },
        footer = {
            "",
            "Exit codes: 0 if it was measured, whatever came out; 1 if it could not be; 2 for arguments that cannot be."
        })
public final class BenchCommand implements Callable<Integer> {

    @Option(
            names = "--quick",
            description = {
                "Less of everything: under five minutes, for a look and not to quote.",
                "JMH and scale have lifebelt, hikari and hikari-window--1 only; JMH leaves out contention, unit and metrics."
            })
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures too: one JSON object a line, with scenario, pool, database and figures.")
    private @Nullable Path json;

    @Option(
            names = "--only",
            paramLabel = "SCENARIO",
            split = ",",
            description =
                    "Some scenarios instead of all, by commas: probe, borrow, query, latency, contention, metrics, alloc,"
                            + " unit, scale, fleet.")
    private Set<Scenario> only = EnumSet.allOf(Scenario.class);

    @Option(
            names = "--pools",
            paramLabel = "POOL",
            split = ",",
            description = "Some pools beside lifebelt instead of all, by commas; alloc and unit have their own.")
    private List<String> pools = Peer.labels();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "As many paired rounds, instead of the 5 of a quick or the 9 of a full run: more make the"
                    + " bounds of ratios narrower.")
    private @Nullable Integer rounds;

    @Option(names = "--no-jmh", description = "Paired rounds only. Leaves out alloc, which is JMH's.")
    private boolean noJmh;

    @Spec
    private @Nullable CommandSpec spec;

    private final UnaryOperator<Effort> adjustment;

    /** The effort can be adjusted, for tests. */
    public BenchCommand(UnaryOperator<Effort> adjustment) {
        this.adjustment = adjustment;
    }

    @Override
    public Integer call() throws Exception {
        Logs.off();
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        Set<Peer> peers = peers(command);
        Report report = new Report(command.getOut(), command.getErr());
        Effort effort = adjustment.apply(repeated(command, quick ? Effort.quick() : Effort.full()));
        report.begin(
                command.getCommandSpec().root().commandLine().getParseResult().originalArgs());
        report.about("pools", Peer.configurations(EnumSet.allOf(Peer.class)));
        try (Servers servers = new Servers()) {
            Bench bench = new Bench(peers, servers, noJmh ? effort.withoutJmh() : effort, report);
            for (Scenario scenario : EnumSet.copyOf(only)) {
                scenario.run(bench);
            }
        } finally {
            report.end(json);
        }
        return CommandLine.ExitCode.OK;
    }

    private Effort repeated(CommandLine command, Effort effort) {
        if (rounds != null && rounds < 1) {
            throw new CommandLine.ParameterException(command, "--rounds is " + rounds + "; at least 1 is needed");
        }
        return rounds == null ? effort : effort.withRounds(rounds);
    }

    /** Lifebelt is always among them: the ratios are its own. */
    private Set<Peer> peers(CommandLine command) {
        Set<Peer> peers = EnumSet.of(Peer.LIFEBELT);
        try {
            pools.forEach(label -> peers.add(Peer.named(label)));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command, e.getMessage(), e);
        }
        return peers;
    }
}
