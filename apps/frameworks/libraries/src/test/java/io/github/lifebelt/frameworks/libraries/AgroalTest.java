package io.github.lifebelt.frameworks.libraries;

import static io.github.lifebelt.testing.PoolAssertions.isHealthy;
import static io.github.lifebelt.testing.PoolAssertions.recoversWithin;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.frameworks.VersionReport;
import io.github.lifebelt.testing.DatabaseExtension;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Quarkus's pool, as a plain library: what of Lifebelt serves where the pool is another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgroalTest {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.of(TestDatabase.of(FaultContract.PRODUCT));

    @RegisterExtension
    final VersionReport report = new VersionReport("Agroal", AgroalDataSource.class);

    private static AgroalDataSource agroal(TestDatabase database) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                .maxSize(4)
                .acquisitionTimeout(Duration.ofSeconds(10))
                .validateOnBorrow(true)
                .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(1))
                .connectionFactoryConfiguration()
                .jdbcUrl(database.jdbcUrl())
                .principal(new NamePrincipal(database.user()))
                .credential(new SimplePassword(database.password()));
        return AgroalDataSource.from(configuration);
    }

    @Test
    void theFixturesBreakItAndItComesBack(TestDatabase database, Faults faults) throws SQLException {
        try (AgroalDataSource agroal = agroal(database)) {
            recoversWithin(agroal, Duration.ofSeconds(5));
            faults.stop(StopMode.FAST);
            faults.start();
            recoversWithin(agroal, Duration.ofSeconds(5));
        }
    }

    @Test
    void theDoctorExaminesItsDatabase(TestDatabase database) {
        isHealthy(database.url());
    }

    @Test
    void aUnitOfWorkOnAPoolBesideItIsRunAgain(TestDatabase database, Faults faults) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (AgroalDataSource agroal = agroal(database);
                ConnectionPool beside = FaultContract.pool(database).maxSize(1).open()) {
            execute(agroal, "create table entry (text varchar(100) primary key)");
            UnitOfWork.on(beside)
                    .timeout(Duration.ofSeconds(30))
                    .retry(RetryPolicy.conflictsAndLostConnections())
                    .run(tx -> {
                        try (Statement statement = tx.connection().createStatement()) {
                            statement.execute("insert into entry (text) values ('a')");
                            if (runs.incrementAndGet() == 1) {
                                faults.killSessions();
                                await().until(() -> database.sessions() == 0);
                                statement.execute("select 1");
                            }
                        }
                    });
            assertEquals(2, runs.get());
            try (Connection connection = agroal.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from entry")) {
                row.next();
                assertEquals(1, row.getInt(1));
            }
        }
    }

    private static void execute(AgroalDataSource agroal, String sql) throws SQLException {
        try (Connection connection = agroal.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
