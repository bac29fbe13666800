package io.github.lifebelt.internal.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Every meter there is: what the binder registers, the README's table shows and dashboards may ask for. Tests compare the
 * three.
 */
public enum MeterNames {
    COUNT(
            otel("count"),
            Kind.GAUGE,
            "connections",
            "connections that are open",
            "db.client.connection.state=used, idle"),
    MAX(otel("max"), Kind.GAUGE, "connections", "the most there may be"),
    IDLE_MIN(otel("idle.min"), Kind.GAUGE, "connections", "how many are kept open in the background"),
    PENDING(otel("pending_requests"), Kind.GAUGE, "threads", "borrowers that wait for a connection to come free"),
    TIMEOUTS(otel("timeouts"), Kind.COUNTER, "borrowers", "those that gave up waiting, or would have waited in vain"),
    WAIT_TIME(
            otel("wait_time"),
            Kind.TIMER,
            "seconds",
            "from the call of `getConnection()` to its end",
            "outcome=ok, exhausted, deadlock, suspended, unavailable, credentials, refused, interrupted, closed, failed"),
    WAIT_TIME_MAX(
            otel("wait_time.seconds.max"), Kind.GAUGE, "seconds", "the longest of the last two minutes", "outcome"),
    USE_TIME(otel("use_time"), Kind.TIMER, "seconds", "from a borrow to the return"),
    USE_TIME_MAX(otel("use_time.seconds.max"), Kind.GAUGE, "seconds", "the longest of the last two minutes"),
    CREATE_TIME(otel("create_time"), Kind.TIMER, "seconds", "making a connection, with everything"),

    CONNECT_TIME(
            "lifebelt.connection.connect",
            Kind.TIMER,
            "seconds",
            "what making a connection was spent on, and what it failed in",
            "phase=dns, tcp, tls, auth",
            "outcome=ok, failed"),
    CLOSED(
            "lifebelt.connection.closed",
            Kind.COUNTER,
            "connections",
            "connections that have ended, by reason; the class is that of the SQLState that has told",
            "reason=recycled, surplus, lost, ping_failed, failed, role, rotated, moved, set_up, reset, unit_timeout,"
                    + " leak, aborted, service, pool_closed",
            "sqlstate.class=none, 08, 57 …"),
    AVAILABLE("lifebelt.connection.available", Kind.GAUGE, "0 or 1", "0 while the database is known to be down"),
    REPLACED(
            "lifebelt.connection.replaced",
            Kind.COUNTER,
            "connections",
            "those found dead, broken or outdated, and dropped"),
    LOOKS(
            "lifebelt.connection.looks",
            Kind.COUNTER,
            "looks",
            "what reading the socket before a borrow has seen",
            "verdict=quiet, pending, dead, busy"),
    PINGS("lifebelt.connection.pings", Kind.COUNTER, "round trips", "round trips made as checks"),
    SUSPICIONS(
            "lifebelt.connection.suspicions",
            Kind.COUNTER,
            "times",
            "how often all connections had to show that they live"),
    LEFTOVERS(
            "lifebelt.connection.leftovers",
            Kind.COUNTER,
            "connections",
            "those that came back with an open transaction"),
    LEAKS(
            "lifebelt.connection.leaks",
            Kind.COUNTER,
            "connections",
            "those that were out for longer than `leak-detection`, or were taken away after `max-hold`"),
    OLDEST_WAIT(
            "lifebelt.connection.oldest_wait",
            Kind.GAUGE,
            "seconds",
            "how long the first in the queue has waited; 0 if nobody waits"),

    STATE(
            "lifebelt.pool.state",
            Kind.GAUGE,
            "0 or 1",
            "1 for the state in which the pool is",
            "state=up, suspect, down, recovering, degraded"),
    STATE_TIME("lifebelt.pool.state.time", Kind.GAUGE, "seconds", "for how long it has been in it"),
    OUTAGE_TIME(
            "lifebelt.outage.time", Kind.TIMER, "seconds", "from the first failed connect to the first that succeeds"),
    OUTAGE_RECOVERY(
            "lifebelt.outage.recovery", Kind.TIMER, "seconds", "from the same moment until the pool is up again"),

    UNIT_TIME(
            "lifebelt.unit.time",
            Kind.TIMER,
            "seconds",
            "units of work with all their runs and pauses",
            "outcome=committed, rolled_back, failed, unknown, unavailable, closed",
            "attempts=1, 2, 3, more"),
    UNIT_RETRIES("lifebelt.unit.retries", Kind.COUNTER, "runs", "runs that had failed and were repeated"),
    RETRY_BUDGET("lifebelt.unit.retry.budget", Kind.GAUGE, "runs", "how many units may be run again now; at most 100"),
    COMMIT_RESOLVED(
            "lifebelt.commit.resolved",
            Kind.TIMER,
            "seconds",
            "COMMITs whose answer was lost, and how long finding out took",
            "outcome=committed, rolled_back"),
    COMMIT_UNKNOWN("lifebelt.commit.unknown", Kind.COUNTER, "units", "those of which nobody could find out"),

    CERTIFICATE(
            "lifebelt.certificate.remaining",
            Kind.GAUGE,
            "seconds",
            "until the server's certificate expires; not a number before the first TLS handshake"),
    CREDENTIALS(
            "lifebelt.credentials.remaining",
            Kind.GAUGE,
            "seconds",
            "until the token for new logins expires; not a number without one"),
    CREDENTIALS_REFRESHES(
            "lifebelt.credentials.refreshes",
            Kind.COUNTER,
            "times",
            "other credentials than before, or a provider that failed",
            "outcome=ok, failed"),

    HIKARI(hikari(""), Kind.GAUGE, "connections", "used and idle together"),
    HIKARI_ACTIVE(hikari(".active"), Kind.GAUGE, "connections", "used"),
    HIKARI_IDLE(hikari(".idle"), Kind.GAUGE, "connections", "idle"),
    HIKARI_PENDING(hikari(".pending"), Kind.GAUGE, "threads", "as `db.client.connection.pending_requests`"),
    HIKARI_MAX(hikari(".max"), Kind.GAUGE, "connections", "as `db.client.connection.max`"),
    HIKARI_MIN(hikari(".min"), Kind.GAUGE, "connections", "as `db.client.connection.idle.min`"),
    HIKARI_TIMEOUT(hikari(".timeout"), Kind.COUNTER, "borrowers", "as `db.client.connection.timeouts`"),
    HIKARI_ACQUIRE(hikari(".acquire"), Kind.TIMER, "seconds", "as `db.client.connection.wait_time` with outcome ok"),
    HIKARI_ACQUIRE_MAX(hikari(".acquire.seconds.max"), Kind.GAUGE, "seconds", "the longest of the last two minutes"),
    HIKARI_USAGE(hikari(".usage"), Kind.TIMER, "seconds", "as `db.client.connection.use_time`"),
    HIKARI_USAGE_MAX(hikari(".usage.seconds.max"), Kind.GAUGE, "seconds", "the longest of the last two minutes"),
    HIKARI_CREATION(hikari(".creation"), Kind.TIMER, "seconds", "as `db.client.connection.create_time`");

    /** What a meter does. */
    public enum Kind {
        GAUGE,
        COUNTER,
        TIMER
    }

    /** The tag that every meter has: whose figure it is. */
    public static final String POOL = "db.client.connection.pool.name";
    /** The same under HikariCP's names. */
    public static final String HIKARI_POOL = "pool";

    private static final String BETWEEN_TAGS = "; ";

    private final String meter;
    private final Kind kind;
    private final String unit;
    private final String meaning;
    private final String tags;

    MeterNames(String meter, Kind kind, String unit, String meaning, String... tags) {
        this.meter = meter;
        this.kind = kind;
        this.unit = unit;
        this.meaning = meaning;
        this.tags = String.join(BETWEEN_TAGS, tags);
    }

    private static String otel(String name) {
        return "db.client.connection." + name;
    }

    private static String hikari(String name) {
        return "hikaricp.connections" + name;
    }

    /** As Micrometer has it, with dots. */
    public String meter() {
        return meter;
    }

    public Kind kind() {
        return kind;
    }

    public String unit() {
        return unit;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether it is there on request only. */
    public boolean isHikaris() {
        return name().startsWith("HIKARI");
    }

    /** The keys of the tags besides the pool's name. */
    public List<String> tagKeys() {
        return Arrays.stream(tags()).map(tag -> tag.replaceFirst("=.*", "")).toList();
    }

    /** Its row in the README's table. */
    public String row() {
        String shown = Arrays.stream(tags()).map(MeterNames::shown).collect(Collectors.joining(BETWEEN_TAGS));
        return "| `" + meter + "` | " + kind.name().toLowerCase(Locale.ROOT) + " | " + unit + " | "
                + (shown.isEmpty() ? "" : shown + " ") + "| " + meaning + " |";
    }

    private String[] tags() {
        return tags.isEmpty() ? new String[0] : tags.split(BETWEEN_TAGS, -1);
    }

    private static String shown(String tag) {
        int end = tag.indexOf('=');
        return end < 0 ? "`" + tag + "`" : "`" + tag.substring(0, end) + "`: " + tag.substring(end + 1);
    }

    /** All that a pool has, with those under HikariCP's names or without. */
    public static List<MeterNames> all(boolean withHikaris) {
        return Arrays.stream(values())
                .filter(name -> withHikaris || !name.isHikaris())
                .toList();
    }
}
