package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.credentials.CredentialsUnavailableException;
import io.github.lifebelt.internal.jdbc.SetUpException;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.SQLException;

/** What a failure to connect means for the connect side of the pool: one of four verdicts. */
final class ConnectVerdicts {
    private final FailureClassifier classifier;
    private final Dialect dialect;
    private final Role role;

    ConnectVerdicts(PoolConfig config, Dialect dialect) {
        this.classifier = config.failureClassifier();
        this.dialect = dialect;
        this.role = Connector.role(config);
    }

    Verdict of(SQLException failure) {
        if (failure instanceof SetUpException) {
            return Verdict.REFUSED;
        }
        if (failure instanceof CredentialsUnavailableException) {
            // As with a server at its limit: connecting has to wait, and nothing speaks against what is connected.
            return Verdict.AT_CAPACITY;
        }
        return switch (classifier.classify(failure, Phase.CONNECT, role)) {
            case DATABASE_DOWN, SUSPECT_ALL, EVICT -> Verdict.DATABASE_DOWN;
            case AT_CAPACITY -> Verdict.AT_CAPACITY;
            case AUTHENTICATION -> Verdict.AUTHENTICATION;
            case REFUSED, ROLE_CHANGED, KEEP -> Verdict.REFUSED;
        };
    }

    ConnectProblem problem(SQLException failure) {
        return failure instanceof CredentialsUnavailableException
                ? ConnectProblem.CREDENTIALS
                : dialect.connectProblem(failure);
    }
}
