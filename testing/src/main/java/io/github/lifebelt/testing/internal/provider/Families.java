package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.internal.mysql.MySqlFamily;
import io.github.lifebelt.testing.internal.postgres.PostgresFamily;
import io.github.lifebelt.testing.internal.server.Family;

/** Which product speaks how. */
final class Families {
    private static final Family POSTGRES = new PostgresFamily();
    private static final Family MYSQL = new MySqlFamily(DatabaseProduct.MYSQL);
    private static final Family MARIADB = new MySqlFamily(DatabaseProduct.MARIADB);

    private Families() {}

    static Family of(DatabaseProduct product) {
        return switch (product) {
            case POSTGRESQL -> POSTGRES;
            case MYSQL -> MYSQL;
            case MARIADB -> MARIADB;
        };
    }
}
