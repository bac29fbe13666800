package io.github.lifebelt.internal.credentials;

import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** There is nothing to log in with: the supplier has failed or keeps silent, and what it gave before is not valid. */
public final class CredentialsUnavailableException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** With an SQLState of connecting: nothing was sent, and another time it may work. */
    CredentialsUnavailableException(String message, @Nullable Throwable cause) {
        super("[CREDENTIALS_UNAVAILABLE] " + message, "08001", cause);
    }
}
