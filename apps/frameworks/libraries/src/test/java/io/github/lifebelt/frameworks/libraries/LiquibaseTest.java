package io.github.lifebelt.frameworks.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;

class LiquibaseTest extends MigrationTest {
    /** Held here, because java.util.logging forgets the levels of loggers that nobody holds. */
    private static final Logger LOG = Logger.getLogger("liquibase");

    LiquibaseTest() {
        super("Liquibase", Liquibase.class);
        LOG.setLevel(Level.OFF);
    }

    /** What is done with Liquibase. */
    @FunctionalInterface
    private interface Work {
        void run(Liquibase liquibase) throws LiquibaseException;
    }

    private void withLiquibase(Work work) throws Exception {
        try (Connection connection = pool.getConnection()) {
            work.run(new Liquibase("changelog.xml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection)));
        }
    }

    private void update() throws Exception {
        withLiquibase(liquibase -> liquibase.update(new Contexts()));
    }

    private List<String> applied() throws Exception {
        return ask("select ID from DATABASECHANGELOG order by ORDEREXECUTED");
    }

    @Test
    void migratesThroughThePool() throws Exception {
        update();
        update();
        assertEquals(List.of("1", "2", "3"), applied());
    }

    @Test
    void aMigrationWhoseSessionIsKilledLeavesTheLockBehindAndOnceThatIsReleasedTheNextRunGoesThrough()
            throws Exception {
        killInSecondMigration();
        assertThrows(LiquibaseException.class, this::update);
        assertEquals(List.of("1"), applied());
        withLiquibase(liquibase -> assertEquals(1, liquibase.listLocks().length));
        withLiquibase(Liquibase::forceReleaseLocks);
        update();
        assertEquals(List.of("1", "2", "3"), applied());
    }

    @Test
    void sessionsKilledBetweenTwoRunsFailNeither() throws Exception {
        update();
        killAndWait();
        update();
        assertEquals(List.of("1", "2", "3"), applied());
    }
}
