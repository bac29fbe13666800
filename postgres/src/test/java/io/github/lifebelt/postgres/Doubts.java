package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Transactions that write one numbered row, and what becomes of them. */
final class Doubts {

    static final CommitResolver RESOLVER = dialect().commitResolver();

    private static final AtomicInteger LAST = new AtomicInteger();

    private Doubts() {}

    /** How a transaction is looked for. */
    enum Way {
        TRANSACTION_ID,
        TOKEN
    }

    /** A transaction that has written its row, and what is known of it. */
    record Doubt(Connection connection, Mark mark, int row) {

        /** Sends what stores it, in the way it was marked. */
        void commit() throws SQLException {
            if (mark.token() == null) {
                connection.commit();
            } else {
                assertThat(RESOLVER.writeToken(connection, mark)).isTrue();
            }
        }

        boolean isStored(Connection other) throws SQLException {
            return query(other, "select count(*) from doubts where n = " + row).equals("1");
        }
    }

    /** The tables; kept if they are there. */
    static void prepare(Connection connection) throws SQLException {
        execute(connection, "create table if not exists doubts (n int)");
        if (RESOLVER.findTokenTable(connection) == null) {
            execute(connection, RESOLVER.tokenTableStatement());
        }
    }

    static Doubt begin(Way way, Connection connection) throws SQLException {
        return begin(way, connection, dialect().serverFacts(connection));
    }

    static Doubt begin(Way way, Connection connection, ServerFacts facts) throws SQLException {
        int row = LAST.incrementAndGet();
        String table = way == Way.TOKEN ? RESOLVER.findTokenTable(connection) : null;
        connection.setAutoCommit(false);
        execute(connection, "insert into doubts values (" + row + ")");
        return new Doubt(connection, mark(way, connection, facts, table), row);
    }

    private static Mark mark(Way way, Connection connection, ServerFacts facts, String table) throws SQLException {
        if (way == Way.TRANSACTION_ID) {
            return Objects.requireNonNull(RESOLVER.mark(connection, facts));
        }
        return new Mark(
                null,
                UUID.randomUUID(),
                Objects.requireNonNull(table),
                dialect().sessionId(connection),
                facts.incarnation());
    }

    /** As whoever has just connected to find out. */
    static Finding look(Connection own, Mark mark, boolean end) throws SQLException {
        return RESOLVER.look(own, dialect().serverFacts(own), mark, end);
    }
}
