package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** Transactions that write a row and a token, and what becomes of them. */
final class TokenTransactions {

    static final CommitResolver RESOLVER = Connects.dialect().commitResolver();

    private static final Duration SOON = Duration.ofSeconds(15);

    private TokenTransactions() {}

    /** One that has written its row, and is about to write its token. */
    record Unit(Connected connected, Mark mark) implements AutoCloseable {

        boolean isStored(TestDatabase server) throws SQLException {
            try (Connected other = Connects.open(server)) {
                return !query(other.jdbc(), "select count(*) from written_with_token where id = '" + mark.token() + "'")
                        .equals("0");
            }
        }

        boolean hasSession(TestDatabase server) throws SQLException {
            try (Connected other = Connects.open(server)) {
                return !query(
                                other.jdbc(),
                                "select count(*) from information_schema.processlist where id = " + mark.session())
                        .equals("0");
            }
        }

        void writeToken() throws SQLException {
            if (RESOLVER.writeToken(connected.jdbc(), mark)) {
                throw new AssertionError("the protocol has no way to send COMMIT along");
            }
        }

        @Override
        public void close() {
            connected.close();
        }
    }

    static void createTables(TestDatabase server) throws SQLException {
        try (Connected connected = Connects.open(server)) {
            execute(connected.jdbc(), "drop table if exists lifebelt_token");
            execute(connected.jdbc(), RESOLVER.tokenTableStatement());
            execute(
                    connected.jdbc(),
                    "create table if not exists written_with_token (id varchar(40) primary key) engine = innodb");
        }
    }

    static Unit begin(TestDatabase server, FaultProxy proxy) throws SQLException {
        return begin(Connects.open(server, proxy));
    }

    static Unit begin(Connected connected) throws SQLException {
        UUID token = UUID.randomUUID();
        String table = RESOLVER.findTokenTable(connected.jdbc());
        String incarnation = Connects.dialect().serverFacts(connected.jdbc()).incarnation();
        Mark mark = new Mark(null, token, table, Connects.dialect().sessionId(connected.jdbc()), incarnation);
        connected.jdbc().setAutoCommit(false);
        execute(connected.jdbc(), "insert into written_with_token values ('" + token + "')");
        return new Unit(connected, mark);
    }

    static Finding look(TestDatabase server, Mark mark, boolean end) throws SQLException {
        try (Connected own = Connects.open(server)) {
            return look(own, mark, end);
        }
    }

    static Finding look(Connected own, Mark mark, boolean end) throws SQLException {
        return RESOLVER.look(own.jdbc(), Connects.dialect().serverFacts(own.jdbc()), mark, end);
    }

    /** Looks until it is not open any more. */
    static Finding outcome(TestDatabase server, Mark mark, boolean end) throws SQLException {
        try (Connected own = Connects.open(server)) {
            return await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> look(own, mark, end), finding -> finding != Finding.OPEN);
        }
    }
}
