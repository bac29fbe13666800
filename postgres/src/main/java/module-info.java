/** Lifebelt for PostgreSQL, on pgjdbc. */
module io.github.lifebelt.postgres {
    requires transitive io.github.lifebelt.core;
    requires transitive java.sql;
    requires jdk.net;
    requires org.postgresql.jdbc;
    requires static transitive org.jspecify;

    exports io.github.lifebelt.postgres;
    // pgjdbc loads the socket factories in here by name.
    exports io.github.lifebelt.postgres.net;

    provides io.github.lifebelt.spi.Dialect with
            io.github.lifebelt.postgres.PostgresDialect;
}
