package io.github.lifebelt.apps.demo;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says at the end how it went: some lines for people, and one for programs. */
final class Summary {
    private final PrintStream out;

    Summary(PrintStream out) {
        this.out = out;
    }

    void print(Target target, Demo.Plan plan, Demo.Ending ending, Verdict verdict) {
        Result result = ending.result();
        Audit audit = ending.audit();
        line("%.1f s on %s, %d threads, seed %d", result.seconds(), target.describe(), plan.threads(), plan.seed());
        line(
                "  units   %d = %d committed + %d failed + %d unknown; %.0f a second",
                result.units(), result.committed(), result.failed(), result.unknown(), result.unitsPerSecond());
        line("  time    half of them took up to %.1f ms, 99 %% up to %.1f ms", result.p50Ms(), result.p99Ms());
        if (plan.observed()) {
            line("  pool    connections replaced: %d", result.replaced());
            ending.observed().forEach(seen -> line("  %s", seen));
        } else {
            line(
                    "  storm   sessions ended: %d, restarts of the server: %d; connections replaced by the pool: %d",
                    result.kills(), result.restarts(), result.replaced());
        }
        line(
                "  repair  units run again: %d; broken COMMITs found out about: %d",
                result.retried(), result.resolvedCommits());
        line(
                "  ledger  %d lost, %d duplicated; of the unknown units %d are there",
                result.lost(), result.duplicated(), audit.unknownStored());
        audit.examples().forEach(example -> line("          %s", example));
        ending.causes().forEach((cause, count) -> line("  not committed: %d times %s", count, cause));
        @Nullable String complaint = target.complaint();
        if (complaint != null) {
            line("  %s", complaint);
        }
        verdict.shortcomings().forEach(shortcoming -> line("  NOT AS IT SHOULD BE  %s", shortcoming));
        out.println("RESULT " + result.toJson());
        out.flush();
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
