package io.github.lifebelt.apps.service;

import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Locale;

/** The database systems, and what is different in each. */
enum Database {
    /** PostgreSQL. */
    POSTGRES("PostgreSQL", DatabaseProduct.POSTGRESQL),
    /** MySQL, and MariaDB with the same words. */
    MYSQL("MySQL", DatabaseProduct.MYSQL);

    private final String title;
    private final DatabaseProduct product;

    Database(String title, DatabaseProduct product) {
        this.title = title;
        this.product = product;
    }

    /** The one that a URL is for. */
    static Database of(DatabaseUrl url) {
        return switch (url.dialect()) {
            case "postgresql" -> POSTGRES;
            case "mysql" -> MYSQL;
            default -> throw new IllegalStateException("no such database here: " + url.dialect());
        };
    }

    /** Its name in options. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name for people. */
    String title() {
        return title;
    }

    /** What the fixtures call it. */
    DatabaseProduct product() {
        return product;
    }

    /** The service's tables. An own database may have others in it already, so they are not taken for ours. */
    Migrations migrations() {
        return Migrations.flyway(flyway -> flyway.locations("classpath:db/service/" + label())
                .table("lifebelt_service_schema")
                .baselineOnMigrate(true)
                .baselineVersion("0"));
    }
}
