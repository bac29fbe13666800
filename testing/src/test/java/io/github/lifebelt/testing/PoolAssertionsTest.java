package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.PoolAssertions.exactlyOnce;
import static io.github.lifebelt.testing.PoolAssertions.noBorrowOver;
import static io.github.lifebelt.testing.PoolAssertions.noConnectionLeaked;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static io.github.lifebelt.testing.PoolAssertions.recoversWithin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Each assertion, once when it holds and once when it does not, on the bare driver. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class PoolAssertionsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void recoveryIsWaitedFor(DataSource source, Faults faults) throws Exception {
        faults.stop(StopMode.FAST);
        CompletableFuture<Void> start = CompletableFuture.runAsync(faults::start);
        assertThat(recoversWithin(source, LONG)).isLessThan(LONG.plus(LONG));
        start.get(10, TimeUnit.SECONDS);
    }

    @Test
    void noRecoveryIsAFailureThatTellsTheLastError(DataSource source, Faults faults) {
        faults.stop(StopMode.FAST);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> recoversWithin(source, Duration.ofMillis(100)))
                .withMessageContaining("within 100 ms")
                .withMessageContaining("did not")
                .withCauseInstanceOf(SQLException.class);
    }

    @Test
    void borrowsThatAreQuickEnoughAreCounted(DataSource source, Faults faults) throws Exception {
        Borrows borrows = noBorrowOver(source, LONG, () -> {
            awaitSessions(faults);
            faults.stop(StopMode.IMMEDIATE);
            faults.start();
        });
        assertThat(borrows.succeeded()).isPositive();
        assertThat(borrows.longest()).isPositive().isLessThan(LONG);
        assertThatThrownBy(() -> noBorrowOver(source, LONG, () -> {
                    throw new IllegalStateException("the event's own");
                }))
                .hasMessage("the event's own");
    }

    @Test
    void aBorrowThatTakesTooLongIsAFailureWithItsStack(TestDatabase database, FaultProxy proxy) {
        DataSource impatient = database.dataSource(proxy);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> noBorrowOver(impatient, Duration.ofMillis(200), proxy::acceptAndStaySilent))
                .withMessageContaining("200 ms")
                .withMessageContaining("under way")
                .satisfies(e -> assertThat(e.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith("org.postgresql")));
    }

    @Test
    void clientAndServerAreComparedUntilTheyAgree(TestDatabase database, DataSource source) throws SQLException {
        noConnectionLeaked(() -> 0, database);
        try (Connection connection = source.getConnection()) {
            assertThat(Sessions.answers(connection)).isTrue();
            noConnectionLeaked(() -> 1, database);
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> noConnectionLeaked(() -> 0, database))
                    .withMessageContaining("0 connections open")
                    .withMessageContaining("1 sessions");
        }
        noConnectionLeaked(() -> 0, database);
    }

    @Test
    void anOpenTransactionIsSeenByTheServer(TestDatabase database, DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            assertThat(Sessions.answers(connection)).isTrue();
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> nothingLeftInTransaction(database))
                    .withMessageContaining("1 of 1");
            connection.rollback();
            nothingLeftInTransaction(database);
        }
    }

    @Test
    void theLedgerHoldsClaimsAgainstRows(DataSource source) throws Exception {
        Ledger ledger = Ledger.in(source);
        ledger.attempt(unit -> write(source, ledger, unit));
        ledger.attempt(unit -> {
            throw new SQLException("rolled back");
        });
        ledger.unknown(100);
        write(source, ledger, 101);
        ledger.unknown(101);
        assertThat(exactlyOnce(ledger)).isEqualTo(new Ledger.Count(1, 1, 2, 1, 0, 0, java.util.List.of()));

        ledger.committed(200);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> exactlyOnce(ledger))
                .withMessageContaining("1 are lost and 0 duplicated")
                .withMessageContaining("unit 200 was reported as committed and is not there");
        write(source, ledger, 200);
        exactlyOnce(ledger);

        write(source, ledger, 200);
        ledger.rolledBack(201);
        write(source, ledger, 201);
        write(source, ledger, 202);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> exactlyOnce(ledger))
                .withMessageContaining("0 are lost and 3 duplicated")
                .withMessageContaining("unit 200 is there 2 times")
                .withMessageContaining("unit 201 is there, and was reported as rolled back")
                .withMessageContaining("unit 202 is there, and nobody reported it");
    }

    private static void write(DataSource source, Ledger ledger, long unit) throws SQLException {
        try (Connection connection = source.getConnection()) {
            ledger.write(connection, unit);
        }
    }

    private static void awaitSessions(Faults faults) {
        await().atMost(LONG).until(() -> faults.killSessions() > 0);
    }
}
