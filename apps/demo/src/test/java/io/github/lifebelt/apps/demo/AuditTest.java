package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Plants in a sound ledger what the audit is to find. */
@ParameterizedClass
@EnumSource(Database.class)
class AuditTest {
    private static TestDatabase database;

    private final Ledger ledger;
    private final Claims claims = new Claims(2);
    private Connection connection;

    AuditTest(Database kind) {
        this.ledger = new Ledger(kind, "audited");
    }

    @BeforeParameterizedClassInvocation
    static void startServer(Database kind) {
        database = TestDatabase.of(kind.product()).tls(false).start();
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        database.close();
    }

    @BeforeEach
    void writeASoundLedger() throws SQLException {
        connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        ledger.create(connection);
        for (int thread = 0; thread < 2; thread++) {
            for (int i = 0; i < 3; i++) {
                ledger.apply(connection, new Transfer(claims.next(thread), i, 15 - i, 5));
                claims.settle(thread, Outcome.COMMITTED);
            }
        }
    }

    @AfterEach
    void dropIt() throws SQLException {
        ledger.drop(connection);
        connection.close();
    }

    @Test
    void nothingIsFoundInASoundLedger() throws SQLException {
        claims.settle(0, Outcome.FAILED);
        claims.settle(1, Outcome.UNKNOWN);

        Audit audit = audit();

        assertThat(audit.lost()).isZero();
        assertThat(audit.duplicated()).isZero();
        assertThat(audit.unknownStored()).isZero();
        assertThat(audit.examples()).isEmpty();
    }

    @Test
    void aCommittedUnitThatIsNotThereIsLost() throws SQLException {
        long unit = claims.next(1);
        claims.settle(1, Outcome.COMMITTED);

        Audit audit = audit();

        assertThat(audit.lost()).isEqualTo(1);
        assertThat(audit.duplicated()).isZero();
        assertThat(audit.examples()).singleElement().asString().contains(Long.toString(unit), "not there");
    }

    @Test
    void aUnitThatWasMadeTwiceIsDuplicated() throws SQLException {
        ledger.apply(connection, new Transfer(Claims.unit(0, 1), 1, 14, 5));

        Audit audit = audit();

        assertThat(audit.twice()).isEqualTo(1);
        assertThat(audit.duplicated()).isEqualTo(1);
        assertThat(audit.lost()).isZero();
    }

    @Test
    void aFailedUnitThatIsThereCountsAsDuplicated() throws SQLException {
        ledger.apply(connection, new Transfer(claims.next(0), 1, 14, 5));
        claims.settle(0, Outcome.FAILED);

        Audit audit = audit();

        assertThat(audit.contradicted()).isEqualTo(1);
        assertThat(audit.duplicated()).isEqualTo(1);
    }

    @Test
    void anUnknownUnitMayBeThere() throws SQLException {
        ledger.apply(connection, new Transfer(claims.next(0), 1, 14, 5));
        claims.settle(0, Outcome.UNKNOWN);

        Audit audit = audit();

        assertThat(audit.unknownStored()).isEqualTo(1);
        assertThat(audit.duplicated()).isZero();
        assertThat(audit.lost()).isZero();
    }

    @Test
    void aUnitThatNobodyRanIsFound() throws SQLException {
        ledger.apply(connection, new Transfer(Claims.unit(7, 0), 1, 14, 5));
        ledger.apply(connection, new Transfer(-1, 1, 14, 5));

        assertThat(audit().strangers()).isEqualTo(2);
    }

    @Test
    void halfATransferShowsInTheBalance() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE " + ledger.accounts() + " SET balance = balance - 5 WHERE id = 3");
        }

        Audit audit = audit();

        assertThat(audit.accountsOff()).isEqualTo(1);
        assertThat(audit.duplicated()).isEqualTo(1);
        assertThat(audit.examples()).containsExactly("account 3 has 995, and 1000 by its transfers");
    }

    @Test
    void aMissingAccountIsFound() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM " + ledger.accounts() + " WHERE id = 8");
        }

        assertThat(audit().accountsOff()).isEqualTo(1);
    }

    private Audit audit() throws SQLException {
        return Audit.of(connection, ledger, claims);
    }
}
