package io.github.lifebelt.internal.pool;

import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.health.HealthReport.Session;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who holds the pool's connections, for people. */
final class Holders {
    /** More are no help to anybody, and each of them costs the look at a stack. */
    private static final int MOST = 20;

    private static final int BRIEF = 3;
    private static final int FRAMES = 8;
    // What is on every stack below whoever borrows.
    private static final List<String> OURS =
            List.of("io.github.lifebelt.ConnectionPool", "io.github.lifebelt.internal.", "io.github.lifebelt.tx.");

    private final Iterable<Slot> slots;
    private final OpenUnits units;

    Holders(Iterable<Slot> slots, OpenUnits units) {
        this.slots = slots;
        this.units = units;
    }

    /** All of this moment, the longest first. */
    List<Borrowing> all() {
        return Borrowing.of(slots);
    }

    /** The same, as many as are worth a report. */
    List<Borrowing> now() {
        return all().stream().limit(MOST).toList();
    }

    /** Their sessions' numbers, as far as they are known. */
    static Set<Long> sessions(List<Borrowing> holders) {
        return holders.stream()
                .map(Borrowing::sessionId)
                .filter(session -> session != 0)
                .collect(Collectors.toSet());
    }

    /** With what the server says of their sessions, by their numbers. */
    List<Holder> describe(List<Borrowing> holders, Map<Long, SessionActivity> server) {
        return holders.stream()
                .map(holder -> describe(holder, server.get(holder.sessionId())))
                .toList();
    }

    private Holder describe(Borrowing borrowing, @Nullable SessionActivity server) {
        Throwable site = borrowing.site();
        return new Holder(
                OpenUnits.name(borrowing.thread()),
                units.unitOf(borrowing.thread()),
                borrowing.held(),
                borrowing.sessionId(),
                borrowing.statement(),
                site == null ? List.of() : frames(withoutOurs(site.getStackTrace())),
                frames(Arrays.stream(borrowing.thread().getStackTrace())),
                server == null ? null : session(server));
    }

    private static Session session(SessionActivity activity) {
        return new Session(
                activity.state(),
                activity.waitsFor(),
                activity.transactionAge(),
                activity.statementAge(),
                activity.blockedBy().stream().sorted().toList());
    }

    private static Stream<StackTraceElement> withoutOurs(StackTraceElement[] stack) {
        return Arrays.stream(stack).dropWhile(frame -> OURS.stream().anyMatch(frame.getClassName()::startsWith));
    }

    private static List<String> frames(Stream<StackTraceElement> stack) {
        return stack.limit(FRAMES).map(StackTraceElement::toString).toList();
    }

    /** For an exception's message: the first few in half a sentence each. Looks at no thread, since many may ask. */
    String brief(List<Borrowing> holders) {
        String first = holders.stream().limit(BRIEF).map(this::brief).collect(Collectors.joining("; "));
        int more = holders.size() - BRIEF;
        return more > 0 ? first + "; and " + more + " more" : first;
    }

    private String brief(Borrowing holder) {
        Throwable site = holder.site();
        String where = site == null
                ? ""
                : withoutOurs(site.getStackTrace())
                        .findFirst()
                        .map(frame -> ", borrowed at " + frame)
                        .orElse("");
        return units.describe(holder.thread()) + " for " + Durations.measured(holder.held())
                + (holder.statement() == null ? "" : ", last statement: " + holder.statement()) + where;
    }

    private static String who(Holder holder) {
        return "thread '" + holder.thread() + "'" + (holder.unit() == null ? "" : " in unit '" + holder.unit() + "'")
                + " for " + Durations.measured(holder.held());
    }

    /** For the log: a paragraph each. */
    static String full(List<Holder> holders) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < holders.size(); i++) {
            Holder holder = holders.get(i);
            out.append("\n  ").append(i + 1).append(". ").append(who(holder));
            if (holder.session() != 0) {
                out.append(", session ").append(holder.session());
            }
            Session server = holder.server();
            if (server != null) {
                out.append(": ").append(full(server));
            }
            if (holder.statement() != null) {
                out.append("\n     last statement: ").append(holder.statement());
            }
            out.append("\n     borrowed at ")
                    .append(
                            holder.borrowedAt().isEmpty()
                                    ? "a place that was not remembered (leak-detection remembers all)"
                                    : lines(holder.borrowedAt()));
            out.append("\n     now at ").append(holder.now().isEmpty() ? "its end" : lines(holder.now()));
        }
        return out.toString();
    }

    private static String full(Session server) {
        return server.state()
                + (server.statementAge() == null ? "" : " for " + Durations.measured(server.statementAge()))
                + (server.transactionAge() == null
                        ? ""
                        : ", transaction open for " + Durations.measured(server.transactionAge()))
                + (server.waitsFor() == null ? "" : ", waits for " + server.waitsFor())
                + (server.blockedBy().isEmpty() ? "" : ", blocked by session " + server.blockedBy());
    }

    private static String lines(List<String> frames) {
        return String.join("\n        ", frames);
    }
}
