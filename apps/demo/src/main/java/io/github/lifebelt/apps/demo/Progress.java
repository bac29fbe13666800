package io.github.lifebelt.apps.demo;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The live line: rewritten in place on a terminal, else one line every two seconds. */
final class Progress {
    /** How often to show it. */
    static final Duration PERIOD = Duration.ofMillis(200);

    private static final Duration LINE_PERIOD = Duration.ofSeconds(2);
    // A line that is wider than the terminal is cut instead of wrapped: a wrapped one could not be rewritten.
    private static final String BEGIN_LINE = "\r\033[?7l";
    private static final String END_LINE = "\033[K\033[?7h";

    private final PrintStream out;
    private final boolean inPlace;
    private Duration nextLine = LINE_PERIOD;

    Progress(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /** Whether there is somebody who sees lines being rewritten. */
    @SuppressWarnings("SystemConsoleNull") // before JDK 22 null is how it says that there is no terminal
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && !"dumb".equals(System.getenv("TERM")) && isTerminal(console);
    }

    /** {@code course} is what happens to the database meanwhile, in a few words. */
    synchronized void show(Duration elapsed, Tally tally, String course, long replaced) {
        if (!inPlace && elapsed.compareTo(nextLine) < 0) {
            return;
        }
        double seconds = elapsed.toMillis() / 1000.0;
        String line = String.format(
                Locale.ROOT,
                "%.0fs units %d %.0f/s failed %d unknown %d %s replaced %d p99 %.0fms",
                seconds,
                tally.units(),
                tally.units() / Math.max(seconds, 0.001),
                tally.failed(),
                tally.unknown(),
                course,
                replaced,
                tally.latencies().recentPercentile(99));
        if (inPlace) {
            out.print(BEGIN_LINE + line + END_LINE);
        } else {
            out.println(line);
            nextLine = elapsed.plus(LINE_PERIOD);
        }
        out.flush();
    }

    /** Says something that stays, above the live line. */
    synchronized void note(String line) {
        out.println(inPlace ? "\r" + line + END_LINE : line);
        out.flush();
    }

    /** Leaves the line as it is and goes on below it. */
    synchronized void end() {
        if (inPlace) {
            out.println();
            out.flush();
        }
    }

    /** From JDK 22 on there may be a console without a terminal, and a method that tells. */
    private static boolean isTerminal(Console console) {
        @Nullable Object answer;
        try {
            Method isTerminal = Console.class.getMethod("isTerminal");
            answer = isTerminal.invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
        return Boolean.TRUE.equals(answer);
    }
}
