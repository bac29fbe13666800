package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.Driver;
import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.mysql.net.Attempts;
import io.github.lifebelt.mysql.net.Attempts.Attempt;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** One request, at one host after another until there is a connection. Used once, by one thread. */
final class HostsInTurn {

    private static final Driver DRIVER = driver();

    private final ConnectRequest request;
    private final ServerFactsReader facts;
    private final DriverSettings settings;
    private final Properties properties;
    private final List<SQLException> failures = new ArrayList<>();

    HostsInTurn(ConnectRequest request, ServerFactsReader facts) {
        this.request = request;
        this.facts = facts;
        this.settings = DriverSettings.of(request.url());
        this.properties = settings.forConnect(request);
    }

    private static Driver driver() {
        try {
            return new Driver();
        } catch (SQLException e) {
            throw new IllegalStateException("Connector/J cannot make its driver", e);
        }
    }

    /** A connection, and whether it is only the second best. */
    private record Made(Connection jdbc, boolean secondBest) {}

    Connection connect() throws SQLException {
        List<Host> hosts = settings.hosts();
        @Nullable Host reader = null;
        for (int i = 0; i < hosts.size(); i++) {
            // A reader that was found has to be connected to once more.
            int shares = hosts.size() - i + (reader == null ? 0 : 1);
            Made made = tried(hosts.get(i), shares);
            if (made == null) {
                continue;
            }
            if (!made.secondBest() || i == hosts.size() - 1) {
                return withAllTheTimeLeft(made.jdbc());
            }
            reader = reader == null ? hosts.get(i) : reader;
            discard(made.jdbc());
        }
        if (reader != null) {
            // The connection's socket is the one that the request made last.
            Made made = tried(reader, 1);
            if (made != null) {
                return withAllTheTimeLeft(made.jdbc());
            }
        }
        throw failure();
    }

    private Connection withAllTheTimeLeft(Connection made) {
        ProbeSocket socket = request.socket();
        if (socket != null) {
            socket.deadline(System.nanoTime() + request.remaining().toNanos());
        }
        return made;
    }

    /** Tries one host with its share of the time, so that one which swallows everything leaves the others theirs. */
    private @Nullable Made tried(Host host, int shares) throws SQLException {
        long until = System.nanoTime() + request.remaining().dividedBy(shares).toNanos();
        Attempt attempt = new Attempt(
                request, settings.dialled(host.name()), DriverSettings.port(host), until, settings.foreignClass());
        @Nullable Connection made = null;
        try {
            made = attempt.foreign() == null ? connect(attempt, settings.driverUrl(host)) : aside(attempt, host);
            boolean choice = settings.hosts().size() > 1 && request.role() == Role.READ_WRITE;
            return new Made(made, choice && readOnly((JdbcConnection) made));
        } catch (SQLException e) {
            if (made != null) {
                discard(made);
            }
            SQLException understandable = understandable(e);
            if (verdict(understandable) == Verdict.AUTHENTICATION) {
                // All hosts know the same accounts, and each attempt more may lock this one.
                failures.forEach(understandable::addSuppressed);
                throw understandable;
            }
            failures.add(understandable);
            return null;
        }
    }

    /** A stranger's factory may keep its thread for as long as it likes. */
    private Connection aside(Attempt attempt, Host host) throws SQLException {
        try {
            return request.aside(attempt.untilNanos(), () -> connect(attempt, settings.driverUrl(host)));
        } catch (IOException e) {
            throw new SQLTransientConnectionException(
                    "socket factory " + attempt.foreign() + ": " + e.getMessage(), "08S01", e);
        }
    }

    private boolean readOnly(JdbcConnection made) throws SQLException {
        // A foreign socket has no deadline.
        boolean bounded = request.socket() == null;
        int before = made.getNetworkTimeout();
        if (bounded) {
            long millis = Math.max(1, request.remaining().toMillis());
            made.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis));
        }
        boolean answer = facts.read(made).readOnly();
        if (bounded) {
            made.setNetworkTimeout(Runnable::run, before);
        }
        return answer;
    }

    private Connection connect(Attempt attempt, String url) throws SQLException {
        try (Attempt current = Attempts.begin(attempt)) {
            Connection made = DRIVER.connect(url, properties);
            if (made == null) {
                throw new SQLException("Connector/J did not take the settings for " + current.host());
            }
            return made;
        }
    }

    private static SQLException understandable(SQLException failure) {
        if (!ConnectFailure.wantsProtectedLine(FailureChain.of(failure))) {
            return failure;
        }
        return new SQLNonTransientConnectionException(
                "the server wants the password over a protected line (caching_sha2_password), and this one is plain: use"
                        + " TLS (ssl-mode=VERIFY_IDENTITY), or, where nobody can stand between, allowPublicKeyRetrieval=true"
                        + " (" + failure.getMessage() + ")",
                failure.getSQLState(),
                failure.getErrorCode(),
                failure);
    }

    /** A goodbye that nobody waits for. */
    private void discard(Connection made) {
        ProbeSocket socket = request.socket();
        if (socket != null) {
            socket.stopReading();
        }
        try {
            made.close();
        } catch (SQLException e) {
            // It has ended already.
        } finally {
            if (socket != null) {
                socket.abort();
            }
        }
    }

    /** Of several the one that leaves most hope, since one host that comes back is enough. */
    private SQLException failure() {
        SQLException chosen = failures.stream()
                .min(Comparator.comparing(HostsInTurn::verdict))
                .orElseGet(() -> new SQLException("no host was tried"));
        failures.stream().filter(other -> other != chosen).forEach(chosen::addSuppressed);
        return chosen;
    }

    private static Verdict verdict(SQLException failure) {
        return ConnectFailure.of(FailureChain.of(failure)).verdict;
    }
}
