package io.github.lifebelt.postgres;

import io.github.lifebelt.postgres.net.ConnectRequests;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * Connects to the host of a URL, or to the one of several that fits. The driver is given one host at a time: its own
 * search looks names up without a time-out, gives the first host all the time there is, and remembers for 10 s which
 * server was the primary, so that it does not find one that was promoted.
 *
 * <p>Hosts are tried in their order, those that failed lately behind ({@link HostMemory}), each with its part of the time
 * that is left. As libpq does, a rejected login ends the search: the others have the same users, and accounts get locked.
 * Whether a server writes is known from the login since PostgreSQL 14; older ones and poolers are asked, in one round
 * trip. Used by one thread, once.
 */
final class HostSearch {

    private static final Driver DRIVER = new Driver();
    private static final FailureClassifier CLASSIFIER = new PostgresFailureClassifier();

    private final ConnectRequest request;
    private final DriverSettings settings;
    private final List<SQLException> failures = new ArrayList<>();
    private boolean anotherRole;
    private @Nullable Connection fallback;
    private @Nullable ProbeSocket fallbackSocket;

    HostSearch(ConnectRequest request) {
        this.request = request;
        this.settings = DriverSettings.of(request.url());
    }

    Connection connect() throws SQLException {
        List<DatabaseUrl.Host> hosts = settings.hosts();
        TargetServer target = TargetServer.of(settings.properties(), request.role(), hosts.size());
        if (hosts.size() == 1 && target.any()) {
            return connect(hosts.get(0), 1);
        }
        List<DatabaseUrl.Host> order = HostMemory.order(hosts, target, target.memory());
        for (int i = 0; i < order.size(); i++) {
            Connection found = attempt(order.get(i), order.size() - i, target);
            if (found != null) {
                dropFallback();
                return found;
            }
            if (isOver()) {
                break;
            }
        }
        if (fallback != null) {
            return useFallback(fallback, fallbackSocket);
        }
        throw failure(hosts, target);
    }

    /** Null if the host fails, or has another role than the one that is wanted. */
    private @Nullable Connection attempt(DatabaseUrl.Host host, int hostsLeft, TargetServer target) {
        try {
            Connection made = connect(host, hostsLeft);
            if (target.any() || target.wantsWriter() == writes(made)) {
                HostMemory.fits(host);
                return made;
            }
            anotherRole = true;
            HostMemory.hasTheOtherRole(host, target);
            if (target.isAPreference() && fallback == null) {
                fallback = made;
                fallbackSocket = request.socket();
            } else {
                close(made, request.socket());
            }
        } catch (SQLException e) {
            // A rejected login is not the host's fault.
            if (verdict(e) != Verdict.AUTHENTICATION) {
                HostMemory.failed(host);
            }
            failures.add(e);
        }
        return null;
    }

    private Connection connect(DatabaseUrl.Host host, int hostsLeft) throws SQLException {
        long left = request.remaining().toNanos();
        long part = System.nanoTime() + left / hostsLeft;
        if (settings.foreign() == null) {
            return connect(host, hostsLeft, part);
        }
        try {
            return request.aside(part, () -> connect(host, hostsLeft, part));
        } catch (IOException e) {
            throw new PSQLException(
                    "socket factory " + settings.foreign().className() + ": " + e.getMessage(),
                    PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                    e);
        }
    }

    private Connection connect(DatabaseUrl.Host host, int hostsLeft, long until) throws SQLException {
        try (ConnectRequests.Registration registration =
                ConnectRequests.register(request, host, until, settings.foreign(request, host))) {
            Properties properties = settings.forConnect(request, registration.token(), host);
            Connection made = DRIVER.connect(settings.driverUrl(), properties);
            if (made == null) {
                throw new SQLException(
                        "pgjdbc did not take the settings for " + request.url().target(),
                        PSQLState.UNEXPECTED_ERROR.getState());
            }
            ProbeSocket socket = request.socket();
            if (socket != null && hostsLeft > 1) {
                socket.deadline(System.nanoTime() + request.remaining().toNanos());
            }
            return made;
        }
    }

    /** Whether a transaction that says nothing about it may write, which is what pgjdbc and libpq look at. */
    private boolean writes(Connection made) throws SQLException {
        PGConnection told = (PGConnection) made;
        String standby = told.getParameterStatus("in_hot_standby");
        String readOnly = told.getParameterStatus("default_transaction_read_only");
        if (standby != null && readOnly != null) {
            return standby.equals("off") && readOnly.equals("off");
        }
        try {
            return asked((BaseConnection) made);
        } catch (SQLException e) {
            if (CLASSIFIER.classify(e, Phase.WORK, Role.READ_ONLY) == Verdict.KEEP) {
                // It speaks the protocol and has no such word: nothing is known of it that only reads.
                return true;
            }
            close(made, request.socket());
            throw e;
        }
    }

    private boolean asked(BaseConnection made) throws SQLException {
        // A foreign socket has no deadline.
        boolean bounded = request.socket() == null;
        int before = made.getNetworkTimeout();
        if (bounded) {
            long millis = Math.max(1, request.remaining().toMillis());
            made.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis));
        }
        try (ResultSet row = made.execSQLQuery("show transaction_read_only")) {
            return row.next() && "off".equals(row.getString(1));
        } finally {
            if (bounded && !made.isClosed()) {
                made.setNetworkTimeout(Runnable::run, before);
            }
        }
    }

    private boolean isOver() {
        return request.remaining().isNegative()
                || (!failures.isEmpty() && verdict(failures.get(failures.size() - 1)) == Verdict.AUTHENTICATION);
    }

    private Verdict verdict(SQLException failure) {
        return CLASSIFIER.classify(failure, Phase.CONNECT, request.role());
    }

    private Connection useFallback(Connection made, @Nullable ProbeSocket socket) throws SQLException {
        if (socket == null) {
            return made;
        }
        try {
            request.use(socket);
            return made;
        } catch (IOException e) {
            throw new PSQLException(e.getMessage(), PSQLState.CONNECTION_UNABLE_TO_CONNECT, e);
        }
    }

    private void dropFallback() {
        if (fallback != null) {
            close(fallback, fallbackSocket);
        }
    }

    /** A goodbye that nobody waits for. */
    private static void close(Connection connection, @Nullable ProbeSocket socket) {
        if (socket != null) {
            socket.stopReading();
        }
        try (connection) {
            return;
        } catch (SQLException e) {
            // It is not wanted any more, in whatever state it is.
            return;
        } finally {
            if (socket != null) {
                socket.abort();
            }
        }
    }

    /**
     * One failure for all: the rejected login that ended the search; else one that may pass by itself, since that host may
     * be the one that serves; else the last. The others are suppressed ones of it.
     */
    private SQLException failure(List<DatabaseUrl.Host> hosts, TargetServer target) {
        SQLException told = toBeTold(hosts, target);
        for (SQLException other : failures) {
            if (other != told) {
                told.addSuppressed(other);
            }
        }
        return told;
    }

    private SQLException toBeTold(List<DatabaseUrl.Host> hosts, TargetServer target) {
        SQLException last = failures.isEmpty() ? null : failures.get(failures.size() - 1);
        if (last != null && verdict(last) == Verdict.AUTHENTICATION) {
            return last;
        }
        if (last == null || anotherRole) {
            String names = hosts.stream().map(DatabaseUrl.Host::toString).collect(Collectors.joining(", "));
            return new PSQLException(
                    "no server among " + names + " is what is wanted: targetServerType=" + target.type(),
                    PSQLState.CONNECTION_UNABLE_TO_CONNECT);
        }
        return failures.stream()
                .filter(each -> verdict(each) != Verdict.REFUSED)
                .findFirst()
                .orElse(last);
    }
}
