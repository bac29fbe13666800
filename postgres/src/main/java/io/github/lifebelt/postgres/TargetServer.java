package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.FailureClassifier.Role;
import java.time.Duration;
import java.util.Map;

/**
 * Which server of a list is wanted, in pgjdbc's words: {@code targetServerType}, {@code loadBalanceHosts} and
 * {@code hostRecheckSeconds} (10 by default; here for how long a host that did not do is tried behind the others).
 *
 * @param type {@code any}, {@code primary}, {@code secondary}, {@code preferPrimary} or {@code preferSecondary}
 * @param spread whether to begin anywhere in the list
 * @param memory for how long to remember what connecting met
 */
record TargetServer(String type, boolean spread, Duration memory) {

    private static final String DEFAULT_MEMORY_SECONDS = "10";
    private static final long MOST_MEMORY_SECONDS = Duration.ofDays(1).toSeconds();

    /** What the settings say; without a word a writer prefers a server that writes, where there is a choice. */
    static TargetServer of(Map<String, String> properties, Role role, int hosts) {
        String standard = role == Role.READ_WRITE && hosts > 1 ? "preferPrimary" : "any";
        return new TargetServer(
                modern(properties.getOrDefault("targetServerType", standard)),
                Boolean.parseBoolean(properties.get("loadBalanceHosts")),
                memory(properties.getOrDefault("hostRecheckSeconds", DEFAULT_MEMORY_SECONDS)));
    }

    // The driver's own numbers go further than a clock's nanoseconds.
    private static Duration memory(String seconds) {
        return Duration.ofSeconds(Math.max(0, Math.min(Long.parseLong(seconds), MOST_MEMORY_SECONDS)));
    }

    private static String modern(String type) {
        return switch (type) {
            case "master" -> "primary";
            case "slave" -> "secondary";
            case "preferSlave" -> "preferSecondary";
            default -> type;
        };
    }

    boolean any() {
        return type.equals("any");
    }

    boolean wantsWriter() {
        return type.equals("primary") || type.equals("preferPrimary");
    }

    /** Whether a server of the other role is better than none. */
    boolean isAPreference() {
        return type.startsWith("prefer");
    }
}
