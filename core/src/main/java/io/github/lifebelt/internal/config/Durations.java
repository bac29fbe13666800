package io.github.lifebelt.internal.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}, or ISO 8601. */
public final class Durations {

    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");

    private Durations() {}

    /** The duration, or null if the text is none. A number without a unit is none, except zero: seconds and
     * milliseconds have been mixed up too often. */
    public static @Nullable Duration parse(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        if (trimmed.equals("0")) {
            return Duration.ZERO;
        }
        Matcher simple = SIMPLE.matcher(trimmed);
        try {
            if (!simple.matches()) {
                return trimmed.startsWith("p") ? Duration.parse(trimmed) : null;
            }
            long count = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        } catch (DateTimeParseException | ArithmeticException e) {
            return null;
        }
    }

    /** The same in whole milliseconds, for what was measured. */
    public static String measured(Duration duration) {
        return text(Duration.ofMillis(duration.toMillis()));
    }

    /** The shortest exact way to write a duration for people. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (duration.isZero() || (duration.minusMillis(millis).isZero() && millis % 1000 != 0)) {
            return millis + (millis == 0 ? "" : "ms");
        }
        if (!duration.minusMillis(millis).isZero()) {
            return duration.toNanos() + "ns";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 60 != 0 || seconds < 120 ? seconds + "s" : seconds / 60 + "m";
    }
}
