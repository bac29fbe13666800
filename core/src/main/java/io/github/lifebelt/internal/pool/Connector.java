package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.PoolListener.ConnectTiming;
import io.github.lifebelt.internal.credentials.CredentialsKeeper;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.jfr.FlightRecorder;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.internal.tls.TlsSource;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens physical connections: the one way to the server. */
final class Connector {
    // The newest, those before, and once more the newest if the server has changed its mind between the two.
    private static final int MOST_LOGINS = 3;
    private static final long OTHER_CREDENTIALS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolConfig config;
    private final DatabaseUrl url;
    private final Dialect dialect;
    private final TlsSource tls;
    private final CredentialsKeeper credentials;
    private final Generation generation;
    private final ConnectVerdicts verdicts;
    private final RoleWatch role;
    private final Listeners listeners;
    private final Consumer<ServerFacts> onFacts;
    private final OpenConnections all;
    private final LongAdder connects = new LongAdder();
    private final AtomicReference<@Nullable Physical> spare = new AtomicReference<>();
    private volatile @Nullable Credentials rejected;
    private volatile boolean closed;

    /** The url is the pool's, but where a connection goes past the pool. */
    Connector(
            PoolConfig config,
            DatabaseUrl url,
            Dialect dialect,
            TlsPolicy.Decision tls,
            CredentialsKeeper credentials,
            Generation generation,
            ConnectVerdicts verdicts,
            RoleWatch role,
            Listeners listeners,
            OpenConnections all,
            Consumer<ServerFacts> onFacts) {
        this.config = config;
        this.url = url;
        this.dialect = dialect;
        this.tls = tls.source();
        this.credentials = credentials;
        this.generation = generation;
        this.verdicts = verdicts;
        this.role = role;
        this.listeners = listeners;
        this.all = all;
        this.onFacts = onFacts;
    }

    long connects() {
        return connects.sum();
    }

    /**
     * Opens one before the deadline, and before the connect timeout, or gives the one that the prober has opened. The
     * deadline stays on its socket.
     */
    Physical connect(SlotConnect attempt, long deadlineNanos) throws SQLException {
        Physical made = spare.getAndSet(null);
        if (made != null) {
            Liveness seen = made.probe();
            if (generation.trusts(made) && seen == Liveness.QUIET) {
                return made;
            }
            made.abort(seen == Liveness.DEAD ? CloseReason.LOST : CloseReason.SURPLUS);
        }
        return open(attempt, deadlineNanos);
    }

    /** Leaves a fresh connection for whoever connects next. */
    void offer(Physical fresh) {
        Physical left = spare.getAndSet(fresh);
        if (left != null) {
            left.closePolitely(CloseReason.SURPLUS);
        }
        if (closed) {
            withdrawOffer();
        }
    }

    /** Closes what was offered and not wanted. */
    void withdrawOffer() {
        Physical left = spare.getAndSet(null);
        if (left != null) {
            left.closePolitely(closed ? CloseReason.POOL_CLOSED : CloseReason.SURPLUS);
        }
    }

    /** From now on nobody comes for what is offered. */
    void close() {
        closed = true;
        withdrawOffer();
    }

    /** Opens one in any case. Where credentials are rejected others are tried: they may just have been rotated. */
    Physical open(SlotConnect attempt, long deadlineNanos) throws SQLException {
        all.check();
        Credentials wanted = credentials.forLogin(deadlineNanos);
        for (int logins = 1; ; logins++) {
            try {
                Physical made = open(attempt, deadlineNanos, wanted);
                credentials.accepted(wanted);
                return made;
            } catch (SQLException e) {
                if (verdicts.of(e) != Verdict.AUTHENTICATION) {
                    throw e;
                }
                rejected = wanted;
                Credentials other = logins < MOST_LOGINS ? credentials.insteadOf(wanted, deadlineNanos) : null;
                if (other == null) {
                    throw e;
                }
                wanted = other;
            }
        }
    }

    /** Whether a login is worth trying although the last one was rejected. */
    boolean hasOtherCredentials() {
        return credentials.hasOtherThan(rejected, System.nanoTime() + OTHER_CREDENTIALS_NANOS);
    }

    private Physical open(SlotConnect attempt, long deadlineNanos, Credentials credentials) throws SQLException {
        ConnectRequest.Tls protection = tls.current();
        try {
            return open(attempt, deadlineNanos, credentials, protection);
        } catch (SQLException e) {
            if (verdicts.problem(e) != ConnectProblem.TLS) {
                throw e;
            }
            // Certificates may have been exchanged between the last look at their files and now.
            ConnectRequest.Tls fresh = tls.afterFailure();
            if (fresh.equals(protection)) {
                throw e;
            }
            return open(attempt, deadlineNanos, credentials, fresh);
        }
    }

    private Physical open(
            SlotConnect attempt, long deadlineNanos, Credentials credentials, ConnectRequest.Tls protection)
            throws SQLException {
        long begin = System.nanoTime();
        long until = Math.min(deadlineNanos, begin + config.connectTimeout().toNanos());
        // What is proven is that it worked in the generation in which connecting began.
        long bornIn = generation.current();
        ConnectRequest request =
                new ConnectRequest(url, credentials, protection, until, config.resolver(), role(config));
        all.attempt(request);
        Physical made;
        try {
            attempt.begin(request);
            Connection jdbc = dialect.connect(request);
            Physical fresh = new Physical(jdbc, request.socket(), bornIn);
            fresh.sessionId(dialect.sessionId(jdbc));
            fresh.firstWithin(until, told -> fresh.facts(dialect.serverFacts(told)));
            fresh.onEnd(this::ended);
            all.opened(fresh);
            made = fresh;
        } catch (SQLException e) {
            request.abort();
            SQLException told = Scrubber.without(credentials.secret(), e);
            listeners.tell(listener -> listener.connectFailed(told));
            tellFailedIn(request);
            throw told;
        } catch (RuntimeException | Error e) {
            request.abort();
            throw e;
        } finally {
            all.attemptEnded(request);
        }
        connects.increment();
        if (!listeners.isEmpty()) {
            // In this order the whole is no less than its parts.
            ConnectTiming timing = new ConnectTiming(request.phases(), null);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            listeners.tell(listener -> listener.connected(took));
            listeners.tell(listener -> listener.connectTimed(timing));
        }
        return known(made, bornIn);
    }

    /** What the new connection tells of its server. */
    private Physical known(Physical made, long bornIn) {
        try {
            ServerFacts facts = Objects.requireNonNull(made.facts());
            role.connectedTo(facts);
            generation.proven(made, bornIn);
            onFacts.accept(facts);
            return made;
        } catch (RuntimeException | Error e) {
            made.abort(CloseReason.SET_UP);
            throw e;
        }
    }

    private void tellFailedIn(ConnectRequest request) {
        if (!listeners.isEmpty()) {
            ConnectTiming timing = new ConnectTiming(request.phases(), request.phase());
            listeners.tell(listener -> listener.connectTimed(timing));
        }
    }

    private void ended(Physical physical, End end) {
        all.ended(physical);
        FlightRecorder.closed(config.name(), physical, end);
        if (!listeners.isEmpty()) {
            Duration age = Duration.ofNanos(physical.ageNanos());
            listeners.tell(listener -> listener.closed(end.reason(), end.sqlState(), age));
        }
    }

    static Role role(PoolConfig config) {
        return config.readOnly() ? Role.READ_ONLY : Role.READ_WRITE;
    }
}
