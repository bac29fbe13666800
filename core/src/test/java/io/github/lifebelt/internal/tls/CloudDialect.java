package io.github.lifebelt.internal.tls;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Claims hosts of a cloud, and can do nothing else. */
record CloudDialect(String suffix) implements Dialect {

    @Override
    public boolean hasPubliclyTrustedCertificate(String host) {
        return host.endsWith(suffix);
    }

    @Override
    public String name() {
        return "none";
    }

    @Override
    public Set<String> schemes() {
        return Set.of();
    }

    @Override
    public DatabaseUrl parse(String url) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int defaultPort() {
        return 1;
    }

    @Override
    public void check(DatabaseUrl url) {}

    @Override
    public String jdbcUrl(DatabaseUrl url) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Connection connect(ConnectRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TransactionState transactionState(Connection connection) {
        return TransactionState.UNKNOWN;
    }

    @Override
    public void ping(Connection connection) {}

    @Override
    public void rollback(Connection connection) {}

    @Override
    public long sessionId(Connection connection) {
        return 0;
    }

    @Override
    public boolean schemaIsCatalog() {
        return false;
    }

    @Override
    public boolean sleepsWhenIdle(String host) {
        return false;
    }

    @Override
    public ServerFacts serverFacts(Connection connection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CommitResolver.@Nullable Mark begin(Connection connection, TransactionStart start, ServerFacts facts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void endOf(Connection connection, TransactionStart start) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean driverWatchesStatements() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancel(Connection busy, SideDoor beside) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CommitResolver commitResolver() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resetSession(Connection connection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> sessionState(Connection connection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WorkProblem workProblem(SQLException failure) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Undone undone(SQLException failure) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectProblem connectProblem(SQLException failure) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FailureClassifier failureClassifier() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> driverProperties(DatabaseUrl url) {
        return Map.of();
    }
}
