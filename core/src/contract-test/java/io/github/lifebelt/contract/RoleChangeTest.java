package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that takes no writes any more. */
class RoleChangeTest extends PoolTest {

    private static final String WRITE = "insert into role_change values (1)";

    private final AtomicInteger suspicions = new AtomicInteger();

    @BeforeEach
    void makeTable() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "create table role_change (n int)");
        }
    }

    @AfterEach
    void dropTable() throws SQLException {
        Servers.heal(server());
        try (Connection connection = bare()) {
            execute(connection, "drop table role_change");
        }
    }

    private ConnectionPool counting(boolean readOnly) {
        return open(builder().maxSize(3).readOnly(readOnly).listener(new PoolListener() {
            @Override
            public void poolSuspected(String reason) {
                suspicions.incrementAndGet();
            }
        }));
    }

    private static void write(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            execute(connection, WRITE);
        }
    }

    @Test
    void aServerThatIsReadOnlyForGoodDegradesThePoolAndStartsNoStorm() throws Exception {
        ConnectionPool pool = counting(false);
        fill(pool, 3);
        server().faults().makeReadOnly();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> write(pool)).isInstanceOf(SQLException.class);
        }
        assertThat(pool.stats().state()).isEqualTo(State.DEGRADED);
        assertThat(suspicions.get()).isEqualTo(1);
        // Reading goes on, and each connection was replaced once at most; the search for the writer connects too.
        fill(pool, 3);
        assertThat(pool.stats().replaced()).isLessThanOrEqualTo(3);
        server().faults().makeWritable();
        await().until(() -> pool.stats().state() == State.UP);
        for (int i = 0; i < 5; i++) {
            write(pool);
        }
        assertThat(suspicions.get()).isEqualTo(2);
    }

    @Test
    void aReadOnlySpellThatIsOverCostsOneRoundOfQuestions() throws Exception {
        ConnectionPool pool = counting(false);
        fill(pool, 3);
        server().faults().makeReadOnly();
        assertThatThrownBy(() -> write(pool)).isInstanceOf(SQLException.class);
        server().faults().makeWritable();
        fill(pool, 3);
        write(pool);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
        assertThat(pool.stats().connects()).isEqualTo(3);
        assertThat(suspicions.get()).isEqualTo(1);
    }

    @Test
    void whoWantedToReadHasOnlyHimselfToBlame() throws Exception {
        ConnectionPool pool = counting(false);
        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(true);
            // With autocommit pgjdbc keeps it to itself.
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> execute(connection, WRITE)).isInstanceOf(SQLException.class);
        }
        ConnectionPool readers = counting(true);
        server().faults().makeReadOnly();
        assertThatThrownBy(() -> write(readers)).isInstanceOf(SQLException.class);
        assertThat(suspicions.get()).isZero();
        assertThat(pool.stats().state()).isEqualTo(State.UP);
        assertThat(readers.stats().state()).isEqualTo(State.UP);
        try (Connection connection = readers.getConnection()) {
            assertThat(query(connection, "select count(*) from role_change")).isEqualTo("0");
        }
    }
}
