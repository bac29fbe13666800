package io.github.lifebelt.testing;

/** The database systems there are fixtures for. */
public enum DatabaseProduct {
    /** PostgreSQL. */
    POSTGRESQL,

    /** MySQL, Oracle's. */
    MYSQL,

    /** MariaDB, which Connector/J talks to as if it were MySQL; many of its errors differ. */
    MARIADB
}
