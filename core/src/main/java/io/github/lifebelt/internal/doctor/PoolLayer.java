package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolConfig.PrePing;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.pool.BorrowErrors;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The pool's settings: what they do with each other, and with this server. */
final class PoolLayer {
    private final PoolConfig config;
    private final Findings findings;

    PoolLayer(PoolConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    /** Without a server. */
    void look() {
        if (config.borrowTimeout().compareTo(config.connectTimeout()) <= 0) {
            findings.add(
                    Code.BORROW_BELOW_CONNECT,
                    "borrow-timeout " + Durations.text(config.borrowTimeout()) + " is not longer than connect-timeout "
                            + Durations.text(config.connectTimeout())
                            + ": a borrower's time is over before its connect is known to have failed",
                    "set lifebelt.connect-timeout below " + Durations.text(config.borrowTimeout()));
        }
        if (config.prePing() == PrePing.OFF) {
            findings.add(
                    Code.PRE_PING_OFF,
                    "pre-ping is off: dead connections are found by the statements that fail on them",
                    "leave lifebelt.pre-ping out; its default costs one system call");
        }
        if (config.leakDetection().isZero()) {
            findings.add(
                    Code.LEAK_DETECTION_OFF,
                    "leak-detection is off: who keeps a connection for too long is not named",
                    "set lifebelt.leak-detection=30s where pools run dry");
        }
    }

    /** Against what the server says. */
    void look(ServerFacts facts) {
        Duration idle = facts.idleTimeout();
        Duration keepalive = config.keepalive();
        if (idle != null && !keepalive.isZero() && keepalive.compareTo(idle) >= 0) {
            tooSlow(idle, keepalive);
        }
        if (idle != null && keepalive.isZero() && outlives(idle)) {
            findings.add(
                    Code.RECYCLE_ABOVE_IDLE_TIMEOUT,
                    "the server ends sessions that were idle for " + Durations.text(idle) + ", and without a keepalive"
                            + " they are kept for "
                            + (config.recycleAfter().isZero() ? "ever" : Durations.text(config.recycleAfter())),
                    "set lifebelt.keepalive to " + Durations.text(below(idle))
                            + " or less, or lifebelt.recycle-after below " + Durations.text(idle));
        } else if (keepalive.isZero()) {
            findings.add(
                    Code.KEEPALIVE_OFF,
                    "keepalive is off: clouds forget connections that were quiet for 4 minutes, and they are replaced when"
                            + " they are borrowed",
                    "set lifebelt.keepalive=2m, unless the server is to sleep when idle");
        }
        Integer most = facts.maxConnections();
        Integer ordinary = facts.ordinaryConnections();
        if (most != null && ordinary != null && !facts.bouncer() && config.maxSize() > ordinary) {
            findings.add(
                    Code.POOL_TOO_BIG,
                    "max-size " + config.maxSize() + " cannot be reached: the server takes " + ordinary
                            + " connections of ordinary users (max_connections " + most + " less " + (most - ordinary)
                            + ")",
                    "set lifebelt.max-size to " + Math.max(1, ordinary) + " or less");
        }
    }

    private void tooSlow(Duration idle, Duration keepalive) {
        // A default gives way, unless no keepalive is quick enough.
        boolean givesWay = !config.given().keepalive() && below(idle).compareTo(idle) < 0;
        if (!givesWay) {
            findings.add(
                    Code.KEEPALIVE_TOO_SLOW,
                    "keepalive " + Durations.text(keepalive)
                            + " comes too late: the server ends sessions that were idle for " + Durations.text(idle),
                    below(idle).compareTo(idle) < 0
                            ? "set lifebelt.keepalive to " + Durations.text(below(idle)) + " or less"
                            : "raise the server's idle time-out above a minute: no keepalive is quicker than 30s");
        }
    }

    private boolean outlives(Duration idle) {
        return config.recycleAfter().isZero() || config.recycleAfter().compareTo(idle) > 0;
    }

    /** Half of it, if a keepalive can be that quick. */
    private static Duration below(Duration idle) {
        Duration half = idle.dividedBy(2);
        return half.compareTo(Duration.ofSeconds(30)) < 0 ? Duration.ofSeconds(30) : half;
    }

    /** What each new connection of the pool begins with. */
    void initSql(Connection connection) {
        String sql = config.initSql();
        if (sql == null) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            findings.add(
                    Code.INIT_SQL_FAILED,
                    "init-sql fails, and with it each connect: " + e.getSQLState() + " " + BorrowErrors.reason(e),
                    "correct lifebelt.init-sql, or leave it out");
        }
    }
}
