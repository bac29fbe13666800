package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.health.HealthReport.Fleet;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.health.Fleets;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Checkup;
import io.github.lifebelt.spi.Dialect.Remark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A server that has let us in: what it is, and how many it has room for. */
final class ServerLayer {

    // Shorter than what tokens and certificates are sensitive to, longer than what a busy machine makes of it.
    private static final Duration MOST_SKEW = Duration.ofSeconds(5);

    private final Patient patient;
    private final PoolConfig config;
    private final Dialect dialect;
    private final Findings findings;

    ServerLayer(Patient patient, PoolConfig config, Dialect dialect, Findings findings) {
        this.patient = patient;
        this.config = config;
        this.dialect = dialect;
        this.findings = findings;
    }

    /** Asks it; the caller has put a deadline on the socket. */
    void look(Connection connection, ServerFacts facts, Course course) throws SQLException {
        course.saw(
                Layer.SERVER,
                facts.product() + " " + facts.version() + (facts.bouncer() ? " through a connection pooler" : ""));
        if (facts.readOnly() && !config.readOnly()) {
            findings.add(
                    Code.SERVER_READ_ONLY,
                    "the server takes no writes: it is a replica, or its storage is nearly full",
                    "give the primary's host name; if the application only reads, set lifebelt.read-only=true");
        }
        Instant before = patient.clock().instant();
        long begin = System.nanoTime();
        Checkup checkup = dialect.checkUp(connection, facts, config.url());
        clock(before, Duration.ofNanos(System.nanoTime() - begin), checkup.clock());
        checkup.remarks().forEach(this::remark);
        token(connection);
        fleet(facts, checkup.othersConnections());
    }

    private void remark(Remark remark) {
        findings.add(
                remark.code(),
                remark.warning() ? Severity.WARNING : Severity.INFO,
                Layer.SERVER,
                remark.what(),
                remark.fix());
    }

    private void clock(Instant before, Duration took, Instant server) {
        Duration ahead = Duration.between(before.plus(took.dividedBy(2)), server);
        if (ahead.abs().minus(took).compareTo(MOST_SKEW) > 0) {
            findings.add(
                    Code.CLOCK_SKEW,
                    "the server's clock is "
                            + Durations.text(Duration.ofSeconds(ahead.abs().toSeconds()))
                            + (ahead.isNegative() ? " behind" : " ahead of")
                            + " this machine's: tokens and certificates are judged by both",
                    "let this machine's clock follow a time server (NTP)");
        }
    }

    private void token(Connection connection) throws SQLException {
        if (dialect.commitResolver().findTokenTable(connection) == null) {
            findings.add(
                    Code.TOKEN_TABLE_MISSING,
                    "there is no table lifebelt_token, which units of work with the commit outcome TOKEN need",
                    "if you want that, run: " + dialect.commitResolver().tokenTableStatement());
        }
    }

    private void fleet(ServerFacts facts, @Nullable Integer others) {
        Integer replicas = patient.replicas();
        Integer surge = patient.surge();
        int usual = replicas == null ? config.health().surge() : Fleets.usualSurge(replicas);
        Fleet fleet = Fleets.of(
                facts,
                others,
                config.maxSize(),
                replicas == null ? config.health().replicas() : replicas,
                surge == null ? usual : surge);
        if (fleet == null || fleet.fits()) {
            return;
        }
        int instances = fleet.replicas() + fleet.surge();
        int fits = fleet.available() / instances;
        int missing = fleet.wanted() - fleet.available();
        findings.add(
                Code.FLEET_TOO_BIG,
                instances + (instances == 1 ? " instance" : " instances") + " with max-size " + fleet.poolSize()
                        + " may open " + fleet.wanted() + " connections, and " + fleet.available()
                        + " are to be had: max_connections is " + facts.maxConnections()
                        + ", less those that are reserved and those that others use",
                fits >= 1
                        ? "set lifebelt.max-size to " + fits + " or less"
                        : "raise max_connections by " + missing + ", or put PgBouncer or ProxySQL in between");
    }
}
