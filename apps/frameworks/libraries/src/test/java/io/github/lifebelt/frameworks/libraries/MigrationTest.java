package io.github.lifebelt.frameworks.libraries;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.frameworks.VersionReport;
import io.github.lifebelt.testing.DatabaseExtension;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tool that migrates through the pool, with a second migration that can be made to meet a fault. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
abstract class MigrationTest {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.of(TestDatabase.of(FaultContract.PRODUCT));

    /** What happens in the middle of the second migration. */
    private static final AtomicReference<Runnable> FAULT = new AtomicReference<>();

    @RegisterExtension
    final VersionReport report;

    private TestDatabase database;
    ConnectionPool pool;

    MigrationTest(String tool, Class<?> from) {
        report = new VersionReport(tool, from);
    }

    @BeforeEach
    void open(TestDatabase started) {
        database = started;
        pool = FaultContract.pool(database).open();
        FAULT.set(() -> {});
    }

    @AfterEach
    void close() {
        await().untilAsserted(() ->
                assertEquals(0, pool.stats().active(), () -> pool.stats().toString()));
        pool.close();
    }

    /** For the second migration, after its first statement. */
    static void fault() {
        FAULT.get().run();
    }

    /** From now on the second migration's sessions are killed. */
    void killInSecondMigration() {
        FAULT.set(() -> {
            FAULT.set(() -> {});
            killAndWait();
        });
    }

    void killAndWait() {
        database.faults().killSessions();
        await().until(() -> database.sessions() == 0);
    }

    /** What a query answers to somebody who does not come by way of the pool. */
    List<String> ask(String sql) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
        }
        return answers;
    }
}
