package io.github.lifebelt.apps.service;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.TestDatabase;
import java.util.function.Consumer;

/** A server of the service's own that demands TLS, as the clouds do. */
final class EmbeddedServer implements Target {
    private final Database kind;
    private final TestDatabase database;

    private EmbeddedServer(Database kind, TestDatabase database) {
        this.kind = kind;
        this.database = database;
    }

    /**
     * Starts it: within a second or so, longer when its programs have to be unpacked first. In the place of a MySQL that
     * cannot be had MariaDB is started, which is said.
     *
     * @throws IllegalStateException if there is none, with the reason and what to do
     */
    static EmbeddedServer start(Database kind, Consumer<String> saying) {
        return new EmbeddedServer(
                kind,
                switch (kind) {
                    case POSTGRES -> start(kind.product());
                    case MYSQL -> startMySql(saying);
                });
    }

    private static TestDatabase startMySql(Consumer<String> saying) {
        try {
            return start(DatabaseProduct.MYSQL);
        } catch (IllegalStateException e) {
            TestDatabase standIn;
            try {
                standIn = start(DatabaseProduct.MARIADB);
            } catch (IllegalStateException notThisEither) {
                e.addSuppressed(notThisEither);
                throw new IllegalStateException(
                        "no embedded MySQL runs here. Builds that skip the tests leave it out: make a jar that has it with"
                                + " ./mvnw -DskipTests -Pmysql package, or MariaDB in its place with -Pmariadb; or name a"
                                + " server of your own with --url mysql://... (" + e.getMessage() + ")",
                        e);
            }
            saying.accept("MariaDB stands in for MySQL: " + e.getMessage());
            return standIn;
        }
    }

    private static TestDatabase start(DatabaseProduct product) {
        return TestDatabase.of(product).provider(ServerProvider.EMBEDDED).start();
    }

    @Override
    public Database database() {
        return kind;
    }

    @Override
    public String url() {
        return database.url();
    }

    /** Of which nothing may be seen outside. */
    String user() {
        return database.user();
    }

    /** The same. */
    String password() {
        return database.password();
    }

    @Override
    public String describe() {
        String title = database.product() == DatabaseProduct.MARIADB ? "MariaDB" : kind.title();
        return "an embedded " + title + " that demands TLS";
    }

    @Override
    public Faults faults() {
        return database.faults();
    }

    @Override
    public void close() {
        database.close();
    }
}
