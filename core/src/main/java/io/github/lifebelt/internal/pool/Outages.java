package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows whether the database is there, sees to it that somebody looks while it is not, and tells who waits. */
final class Outages {
    private static final Logger LOG = LoggerFactory.getLogger(Outages.class);
    private static final long PROBE_LOGIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String pool;
    private final String target;
    private final Gate gate;
    private final Connector connector;
    private final FailureClassifier classifier;
    private final Listeners listeners;
    private final Prober prober;
    private final Runnable onLost;
    private final Runnable onFound;

    Outages(
            PoolConfig config,
            Dialect dialect,
            Connector connector,
            Listeners listeners,
            Runnable onLost,
            Runnable onFound) {
        this.pool = config.name();
        this.target = config.url().target();
        this.gate = new Gate(target);
        this.connector = connector;
        this.classifier = dialect.failureClassifier();
        this.listeners = listeners;
        this.onLost = onLost;
        this.onFound = onFound;
        this.prober = new Prober(config, dialect.defaultPort(), gate, this::probeByLogin);
    }

    Gate gate() {
        return gate;
    }

    /** Whether the database was reached and does not want us: waiting does not cure that. */
    boolean isRefusal(SQLException connectFailure) {
        return switch (classifier.classify(connectFailure, Phase.CONNECT, Role.READ_WRITE)) {
            case REFUSED, AUTHENTICATION, ROLE_CHANGED, KEEP -> true;
            case DATABASE_DOWN, AT_CAPACITY, SUSPECT_ALL, EVICT -> false;
        };
    }

    /** Connecting found nobody. */
    void lost(SQLException cause) {
        if (gate.close(cause)) {
            LOG.warn("{}: {} cannot be reached: {}", pool, target, BorrowErrors.reason(cause));
            listeners.tell(listener -> listener.databaseDown(cause));
            onLost.run();
            prober.start();
        }
    }

    /** Connecting has succeeded. Costs a volatile read while there is no outage. */
    void found() {
        Duration outage = gate.open();
        if (outage != null) {
            LOG.info("{}: {} can be reached again after {} ms", pool, target, outage.toMillis());
            listeners.tell(listener -> listener.databaseUp(outage));
            onFound.run();
        }
    }

    private boolean probeByLogin() {
        try {
            connector
                    .connect(new SlotConnect(), System.nanoTime() + PROBE_LOGIN_NANOS)
                    .closePolitely();
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                gate.close(e);
                return false;
            }
            // It is there and refuses us: the borrowers are to hear that themselves.
        }
        found();
        return true;
    }

    void close() {
        prober.close();
        gate.wakeAll();
    }
}
