package io.github.lifebelt.apps.demo;

import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an application notices of faults that somebody else makes: the pool's states, stretches of time without a commit, and
 * what became of COMMITs that were not answered. All with the time of day in UTC, as the clouds' activity logs have it.
 * Thread-safe.
 */
final class Watch implements PoolListener {
    // Eight threads commit hundreds of times a second; a busy machine is silent for some tenths of one.
    private static final Duration NOTABLE = Duration.ofSeconds(1);

    /**
     * A stretch of time in which no unit committed.
     *
     * @param begin the last commit before
     * @param end the first one after; null if there was none
     * @param answered when the pool found the database again; null if it never held it for down
     */
    record Outage(
            Instant begin, @Nullable Instant end, @Nullable Instant answered) {}

    private final Consumer<String> saying;
    private final InstantSource clock;
    private final List<Outage> outages = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private @Nullable Instant lastCommit;
    private @Nullable Instant answered;
    private long storedAfterAll;
    private long notStored;
    private long unknown;

    Watch(Consumer<String> saying, InstantSource clock) {
        this.saying = saying;
        this.clock = clock;
    }

    @Override
    public synchronized void unitCommitted(String unit, Duration took, int attempts) {
        Instant now = now();
        Instant before = lastCommit;
        lastCommit = now;
        if (before != null && isNotable(before, now)) {
            outages.add(new Outage(before, now, answered));
            say(now, "first commit again, " + seconds(Duration.between(before, now)) + " after the last one");
        }
        answered = null;
    }

    @Override
    public synchronized void stateChanged(State from, State to, String reason) {
        String change = now() + " " + from + " -> " + to + ": " + reason;
        states.add(change);
        saying.accept(change);
    }

    @Override
    public synchronized void databaseDown(SQLException cause) {
        // Its words may be a driver's, which may show a secret.
        say(now(), "the database cannot be reached, SQLState " + cause.getSQLState());
    }

    @Override
    public synchronized void databaseUp(Duration outage) {
        Instant now = now();
        answered = now;
        say(now, "the database takes connections again, after " + seconds(outage));
    }

    @Override
    public synchronized void commitResolved(String unit, boolean committed, Duration took) {
        if (committed) {
            storedAfterAll++;
        } else {
            notStored++;
        }
        say(
                now(),
                "a COMMIT was not answered: it " + (committed ? "was stored" : "was not stored, and is made again")
                        + ", found out within " + seconds(took));
    }

    @Override
    public synchronized void commitUnknown(String unit, SQLException failure) {
        unknown++;
        say(now(), "a COMMIT was not answered, and nobody could find out what became of it");
    }

    /** For the live line. */
    synchronized String sinceLastCommit() {
        Instant last = lastCommit;
        return last == null ? "no commit yet" : "last commit " + seconds(Duration.between(last, now())) + " ago";
    }

    /** Ends the watch: from here on a silence is nobody's outage. */
    synchronized void end() {
        Instant last = lastCommit;
        Instant now = now();
        if (last != null && isNotable(last, now)) {
            outages.add(new Outage(last, null, answered));
        }
    }

    /** What there was to see, for people. */
    synchronized List<String> report() {
        List<String> lines = new ArrayList<>();
        lines.add("outages  " + outages.size() + " times no commit for a second or more");
        for (Outage outage : outages) {
            lines.add("         " + describe(outage));
        }
        lines.add("states   " + states.size() + " changes of the pool's state");
        states.forEach(change -> lines.add("         " + change));
        lines.add("COMMITs not answered: " + storedAfterAll + " were stored, " + notStored + " were not, of " + unknown
                + " nobody knows");
        return lines;
    }

    private static String describe(Outage outage) {
        Instant end = outage.end();
        if (end == null) {
            return "from " + outage.begin() + ", and none since";
        }
        Instant answered = outage.answered();
        return "from " + outage.begin() + " to " + end + ": " + seconds(Duration.between(outage.begin(), end))
                + (answered == null
                        ? ""
                        : ", the last " + seconds(Duration.between(answered, end))
                                + " of it after the database took connections again");
    }

    private static boolean isNotable(Instant from, Instant to) {
        return Duration.between(from, to).compareTo(NOTABLE) >= 0;
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1000.0);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void say(Instant at, String what) {
        saying.accept(at + " " + what);
    }
}
