package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.Checkup;
import io.github.lifebelt.spi.Dialect.Remark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the doctor wants to know of a server, in one round trip. */
final class ServerCheckup {

    // How many there are is open to all, whose they are is not, but for the user's own.
    private static final String QUERY = "select cast(unix_timestamp(now(3)) * 1000 as signed),"
            + " @@global.innodb_flush_log_at_trx_commit,"
            + " (select variable_value from %s.global_status where variable_name = 'Threads_connected'),"
            + " (select count(*) from information_schema.processlist where user = substring_index(user(), '@', 1))";

    private ServerCheckup() {}

    static Checkup of(JdbcConnection connection, ServerFacts facts) throws SQLException {
        String schema = ServerFactsReader.isMariaDb(connection) ? "information_schema" : "performance_schema";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY.formatted(schema))) {
            row.next();
            List<Remark> remarks = new ArrayList<>();
            if (!"1".equals(row.getString(2))) {
                remarks.add(new Remark(
                        "COMMIT_NOT_DURABLE",
                        true,
                        "innodb_flush_log_at_trx_commit is " + row.getString(2)
                                + ": a crash of the server or its machine"
                                + " loses what it has confirmed in the second before",
                        "set innodb_flush_log_at_trx_commit=1 on the server"));
            }
            if (facts.bouncer()) {
                remarks.add(new Remark(
                        "CONNECTION_POOLER",
                        false,
                        "ProxySQL stands in between: its limits come before the server's, and it may answer from another"
                                + " server each time",
                        "set what a session is to have on the account, not by SET"));
            }
            int others = Math.max(0, row.getInt(3) - row.getInt(4));
            return new Checkup(Instant.ofEpochMilli(row.getLong(1)), others, remarks);
        }
    }
}
