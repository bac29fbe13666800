package io.github.lifebelt.apps.benchmarks.pools;

import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.testing.DatabaseProduct;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** The database systems that pools are measured on. */
public enum Database {
    /** PostgreSQL. */
    POSTGRES("postgresql", DatabaseProduct.POSTGRESQL),
    /** MySQL, Oracle's. */
    MYSQL("mysql", DatabaseProduct.MYSQL),
    /** MariaDB, by MySQL's driver and dialect. */
    MARIADB("mysql", DatabaseProduct.MARIADB);

    private final String dialect;
    private final DatabaseProduct product;

    Database(String dialect, DatabaseProduct product) {
        this.dialect = dialect;
        this.product = product;
    }

    /** Its name in options, tables and rows. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the fixtures call it. */
    public DatabaseProduct product() {
        return product;
    }

    /** The dialect that Lifebelt needs for it. */
    public String dialect() {
        return dialect;
    }

    /** Whether the class path has that dialect. */
    public boolean isSpoken() {
        return ServiceLoader.load(Dialect.class).stream()
                .anyMatch(found -> found.get().name().equals(dialect));
    }

    /** This one, or MariaDB in the place of a MySQL whose programs do not run here, which is said. */
    public Database orStandIn(Consumer<String> saying) {
        if (this != MYSQL) {
            return this;
        }
        try (Servers trial = new Servers(this)) {
            trial.database(false);
            return this;
        } catch (Exception e) {
            saying.accept("MariaDB stands in for MySQL: " + e.getMessage());
            return MARIADB;
        }
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Database::label).toList();
    }
}
