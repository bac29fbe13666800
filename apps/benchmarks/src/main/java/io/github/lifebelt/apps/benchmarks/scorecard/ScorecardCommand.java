package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Logs;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.report.Report;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code scorecard}. */
@Command(
        name = "scorecard",
        mixinStandardHelpOptions = true,
        description = {
            "Kills, stops and silences embedded databases below Lifebelt and its peers, counts what their borrowers see, and"
                    + " says which of Lifebelt's promises hold.",
            "Tables go to standard output, progress to standard error."
        },
        footer = {
            "",
            "Exit codes: 0 if it was measured, whatever came out; 1 if it could not be; 2 for arguments that cannot be."
        })
public final class ScorecardCommand implements Callable<Integer> {

    @Option(
            names = "--quick",
            description = "Fewer rounds, shorter waits, no long outages: under five minutes, for a look.")
    private boolean quick;

    @Option(
            names = "--pools",
            paramLabel = "POOL",
            split = ",",
            converter = PoolName.class,
            completionCandidates = PoolName.Candidates.class,
            description = "Some pools instead of all, by commas: ${COMPLETION-CANDIDATES}.")
    private Set<Peer> pools = EnumSet.allOf(Peer.class);

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            split = ",",
            description = "On which servers, by commas: postgres (if nothing is said), mysql, mariadb.")
    private Set<Database> databases = EnumSet.of(Database.POSTGRES);

    @Option(
            names = "--wire",
            paramLabel = "WIRE",
            split = ",",
            description = "How they are reached, by commas: plain (if nothing is said), tls.")
    private Set<Encryption> wires = EnumSet.of(Encryption.PLAIN);

    @Option(
            names = "--scenario",
            paramLabel = "SCENARIO",
            split = ",",
            completionCandidates = Scenario.Candidates.class,
            description = "Some scenarios instead of all, by commas: ${COMPLETION-CANDIDATES}.")
    private Set<Scenario> scenarios = EnumSet.allOf(Scenario.class);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "As many rounds of everything, instead of those of a quick or a full run.")
    private @Nullable Integer rounds;

    @Option(
            names = "--storm",
            paramLabel = "SECONDS",
            description = "How long each storm of E lasts, instead of the 4 s of a quick or the 20 s of a full run.")
    private @Nullable Integer storm;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the order in which pools have their turns. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures too: one JSON object a line, with scenario, pool, database and figures.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Logs.off();
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        check(command);
        Report report = new Report(command.getOut(), command.getErr());
        report.begin(
                command.getCommandSpec().root().commandLine().getParseResult().originalArgs());
        List<Servers> servers = new ArrayList<>();
        try {
            List<Place> places = places(servers, report);
            describe(places, report);
            Card card = new Card(places, List.copyOf(EnumSet.copyOf(pools)), extent(), seed, report);
            for (Scenario scenario : EnumSet.copyOf(scenarios)) {
                scenario.run(card);
            }
        } finally {
            report.end(json);
            for (Servers kind : servers) {
                kind.close();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    /** What would otherwise come out only after minutes. */
    private void check(CommandLine command) {
        if (rounds != null && rounds < 1) {
            throw new ParameterException(command, "--rounds is " + rounds + "; at least 1 is needed");
        }
        if (storm != null && storm < 1) {
            throw new ParameterException(command, "--storm is " + storm + "; at least 1 s is needed");
        }
        for (Database database : databases) {
            if (!database.isSpoken()) {
                throw new ParameterException(
                        command,
                        "--database " + database.label() + ": there is no dialect called " + database.dialect()
                                + " on the class path");
            }
        }
        if (json != null && !Files.isWritable(Files.exists(json) ? json : folder(json))) {
            throw new ParameterException(command, "--json " + json + ": cannot be written there");
        }
    }

    private static Path folder(Path file) {
        return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file.toAbsolutePath());
    }

    private Extent extent() {
        return new Extent(quick, rounds, storm == null ? null : Duration.ofSeconds(storm));
    }

    private List<Place> places(List<Servers> started, Report report) {
        Set<Database> kinds = new LinkedHashSet<>();
        for (Database wanted : EnumSet.copyOf(databases)) {
            kinds.add(wanted.orStandIn(report::say));
        }
        List<Place> places = new ArrayList<>();
        for (Database kind : kinds) {
            Servers servers = new Servers(kind);
            started.add(servers);
            EnumSet.copyOf(wires).forEach(wire -> places.add(new Place(servers, wire == Encryption.TLS)));
        }
        return places;
    }

    private void describe(List<Place> places, Report report) {
        report.about(
                "servers",
                places.stream()
                        .map(place -> place.label() + ", " + place.server().version())
                        .toList());
        report.about("pools", Peer.configurations(pools));
        report.say("Seed: " + seed + "; " + (quick ? "quick run" : "full run")
                + (rounds == null ? "" : " of " + rounds + " rounds"));
        places.forEach(place ->
                report.say("Server: " + place.label() + ", " + place.server().version()));
        Table table = new Table("Pools", "pool", "set besides size and wait");
        EnumSet.copyOf(pools).forEach(peer -> table.add(peer.label(), peer.configuration()));
        report.show(table);
    }
}
