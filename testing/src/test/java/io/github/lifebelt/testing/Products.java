package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.mysql.MariaDbPrograms;
import io.github.lifebelt.testing.internal.provider.Providers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Which products a run covers: PostgreSQL, what MySQL becomes on this machine, and MariaDB if it is there. */
final class Products {
    private Products() {}

    static List<DatabaseProduct> all() {
        List<DatabaseProduct> all = new ArrayList<>(List.of(DatabaseProduct.POSTGRESQL));
        all.addAll(mysqlFamily());
        return all;
    }

    static List<DatabaseProduct> mysqlFamily() {
        DatabaseProduct mysql = Providers.choose(DatabaseProduct.MYSQL, ServerProvider.AUTOMATIC)
                .product();
        return mysql == DatabaseProduct.MARIADB || MariaDbPrograms.obstacle() != null
                ? List.of(mysql)
                : List.of(mysql, DatabaseProduct.MARIADB);
    }

    /** Each with TLS and without. */
    static Stream<Arguments> withAndWithoutTls() {
        return all().stream().flatMap(product -> Stream.of(Arguments.of(product, true), Arguments.of(product, false)));
    }

    static boolean isPostgres(TestDatabase database) {
        return database.product() == DatabaseProduct.POSTGRESQL;
    }
}
