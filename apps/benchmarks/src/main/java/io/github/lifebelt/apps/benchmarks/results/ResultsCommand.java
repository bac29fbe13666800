package io.github.lifebelt.apps.benchmarks.results;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code results}. */
@Command(
        name = "results",
        mixinStandardHelpOptions = true,
        description = {
            "Writes tables of measured rows into a Markdown page, between <!-- table: A --> and <!-- end -->, and draws plots"
                    + " of them beside the rows.",
            "The rows are those that scorecard and bench write with --json FILE.jsonl, each with its FILE.jsonl.run."
        },
        footer = {"", "Exit codes: 0 if it was written; 1 if it could not be; 2 for arguments that cannot be."})
public final class ResultsCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "Where the rows are, and where the plots are drawn.")
    private @Nullable Path folder;

    @Option(names = "--into", paramLabel = "PAGE", required = true, description = "The page that has the tables.")
    private @Nullable Path page;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        Path rows = Objects.requireNonNull(folder);
        Path into = Objects.requireNonNull(page);
        try {
            Measured measured = Measured.in(rows);
            // Before anything is written or deleted.
            Drawing.requireFonts();
            Files.writeString(into, page(into, measured));
            sweep(rows);
            List<Path> plots = draw(measured, rows);
            PrintWriter out = command.getOut();
            out.println(into + ": " + measured.entries().size() + " rows of "
                    + measured.runs().size() + " runs, " + plots.size() + " plots");
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (IOException | IllegalStateException e) {
            command.getErr().println(e.getMessage());
            command.getErr().flush();
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** As the page has to be. */
    static String page(Path page, Measured measured) throws IOException {
        return Page.filled(Files.readString(page), measured, Forms.ALL, Plots.ALL);
    }

    /** What can be drawn of rows. */
    static List<Plot.Picture> pictures(Measured measured) {
        return Plots.ALL.stream()
                .flatMap(plot -> plot.pictures(measured).stream())
                .toList();
    }

    /** Draws all of it into a folder. */
    static List<Path> draw(Measured measured, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Plot.Picture picture : pictures(measured)) {
            Drawing.draw(picture, folder);
            files.add(folder.resolve(picture.file()));
        }
        return files;
    }

    /** Pictures of rows that are there no more. */
    private static void sweep(Path folder) throws IOException {
        List<Path> old;
        try (Stream<Path> all = Files.list(folder)) {
            old = all.filter(file -> file.getFileName().toString().endsWith(".png"))
                    .toList();
        }
        for (Path file : old) {
            Files.delete(file);
        }
    }
}
