package io.github.lifebelt.postgres;

import io.github.lifebelt.contract.TlsLogins;
import io.github.lifebelt.security.SslMode;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A mode that libpq has and Connector/J has not. */
class PostgresTlsTest extends TlsLogins {

    @Test
    void allowTakesWhatTheServerHas() throws SQLException {
        takesWhatTheServerHas(SslMode.ALLOW);
    }
}
