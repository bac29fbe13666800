package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.Checkup;
import io.github.lifebelt.spi.Dialect.Remark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the doctor wants to know of a server, in one round trip. */
final class ServerCheckup {

    // Whose a session is may be seen by every role, and little else. What works for the server itself is nobody's.
    private static final String QUERY = """
            select (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint, \
            pg_catalog.current_setting('synchronous_commit'), \
            (select pg_catalog.count(*) from pg_catalog.pg_stat_activity \
            where usename <> current_user)""";

    private ServerCheckup() {}

    static Checkup of(Connection connection, ServerFacts facts, DatabaseUrl url) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            List<Remark> remarks = new ArrayList<>();
            durability(row.getString(2), remarks);
            if (facts.bouncer()) {
                bouncer(url, remarks);
            }
            return new Checkup(Instant.ofEpochMilli(row.getLong(1)), row.getInt(3), remarks);
        }
    }

    private static void durability(String synchronousCommit, List<Remark> remarks) {
        if ("off".equals(synchronousCommit)) {
            remarks.add(new Remark(
                    "COMMIT_NOT_DURABLE",
                    true,
                    "synchronous_commit is off: a crash of the server loses what it has confirmed in the moment before",
                    "set synchronous_commit=on for this role or database (ALTER ROLE … SET), or in the URL's options"));
        }
    }

    private static void bouncer(DatabaseUrl url, List<Remark> remarks) {
        remarks.add(new Remark(
                "CONNECTION_POOLER",
                false,
                "PgBouncer stands in between: its limits come before the server's, and in its transaction mode sessions end"
                        + " with each transaction",
                "set what a session is to have by ALTER ROLE … SET, not by SET"));
        String threshold = url.parameters().get("prepareThreshold");
        if (threshold != null && !threshold.equals("0")) {
            remarks.add(new Remark(
                    "PREPARED_STATEMENTS_BEHIND_POOLER",
                    true,
                    "prepareThreshold=" + threshold
                            + " prepares statements on servers that PgBouncer exchanges in between:"
                            + " before 1.21, or with max_prepared_statements=0, they fail with 42P05 or 26000",
                    "leave prepareThreshold out, or set prepareThreshold=0"));
        }
    }
}
