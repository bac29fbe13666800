package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.internal.postgres.PostgresFamily;
import io.github.lifebelt.testing.internal.server.Family;

/** Which product speaks how. */
final class Families {
    private static final Family POSTGRES = new PostgresFamily();

    private Families() {}

    static Family of(DatabaseProduct product) {
        return switch (product) {
            case POSTGRESQL -> POSTGRES;
            case MYSQL, MARIADB -> throw new UnsupportedOperationException(product.toString());
        };
    }
}
