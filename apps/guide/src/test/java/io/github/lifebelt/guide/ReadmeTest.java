package io.github.lifebelt.guide;

import static io.github.lifebelt.guide.Bank.balance;
import static io.github.lifebelt.guide.Bank.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.guide.Bank.Order;
import io.github.lifebelt.guide.Bank.Orders;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.mysql.CloudSqlMySql;
import io.github.lifebelt.postgres.AzurePostgres;
import io.github.lifebelt.postgres.CloudSqlPostgres;
import io.github.lifebelt.postgres.RdsPostgres;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import io.github.lifebelt.url.DatabaseUrl;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** README.md, from the top to its chapter on units of work. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class ReadmeTest {
    private final Orders orders = new Orders();

    @BeforeAll
    static void create(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Bank.create(connection);
        }
    }

    @Test
    void aProgramWithAUrlInItsEnvironmentStoresAnOrder(TestDatabase database, DataSource source) throws Exception {
        try (Program program = Program.start(PlaceOrder.class, Map.of("DATABASE_URL", database.url()))) {
            assertThat(program.end()).as(program.output()).isZero();
        }
        try (Connection connection = source.getConnection()) {
            assertThat(orders.count(connection)).isEqualTo(1);
        }
    }

    @Test
    void eachWayToUseThePoolMovesTheMoneyOnce(TestDatabase database) throws SQLException {
        String url = database.url();
        String user = database.user();
        Map<String, String> vault = Map.of("orders", database.password());
        MeterRegistry meterRegistry = new SimpleMeterRegistry();

        // snippet: use
        ConnectionPool pool = ConnectionPool.builder(url) // postgresql://app@db.example.com/orders?sslmode=verify-full
                .credentials(() -> Credentials.of(user, vault.get("orders"))) // asked before each login
                .maxSize(10)
                .failFast()
                .open();

        try (Connection connection = pool.getConnection(); // plain JDBC
                PreparedStatement query = connection.prepareStatement("select balance from account")) {
            query.executeQuery();
        }

        UnitOfWork.on(pool).run(tx -> transfer(tx.connection(), 1, 2, 10)); // one transaction

        UnitOfWork.on(pool).run(tx -> {
            // With a helper such as Spring's JdbcTemplate.
            JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(tx.connection(), true));
            jdbc.update("update account set balance = balance - ? where id = ?", 10, 1);
        });

        try (Transaction tx = UnitOfWork.on(pool).begin()) { // or try-with-resources
            transfer(tx.connection(), 1, 2, 10);
            tx.commit(); // without it, closing rolls back
        }

        new PoolMetrics(pool).bindTo(meterRegistry); // Micrometer, if you have it
        AzurePostgres azure = AzurePostgres.flexibleServer("srv").database("orders"); // or AzureMySql
        // end: use

        try (pool;
                Connection connection = pool.getConnection()) {
            assertThat(balance(connection, 1)).isEqualTo(70);
            assertThat(balance(connection, 2)).isEqualTo(120);
            assertThat(meterRegistry.get("db.client.connection.max").gauge().value())
                    .isEqualTo(10);
        }
        assertThat(azure.user("app").build().target())
                .isEqualTo("postgresql://app@srv.postgres.database.azure.com:5432/orders");
    }

    @Test
    void theCloudsBuildersVerifyTheServer() {
        // snippet: clouds
        DatabaseUrl.Builder connector = CloudSqlPostgres.connector("my-project:europe-west1:orders");
        DatabaseUrl.Builder direct = CloudSqlMySql.direct("10.1.2.3", Path.of("server-ca.pem")); // verify-ca
        DatabaseUrl.Builder rds = RdsPostgres.endpoint("orders.abc.eu-west-1.rds.amazonaws.com", Path.of("roots.pem"));
        // end: clouds

        assertThat(connector.build().parameters()).containsValue("my-project:europe-west1:orders");
        assertThat(direct.build().sslMode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(rds.build().sslMode()).isEqualTo(SslMode.VERIFY_FULL);
    }

    @Test
    void aUnitWithASavepointStoresWhatIsLeftAndThenSendsTheMail(ConnectionPool pool) throws Exception {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(UnitOfWork.on(pool).tokenTableStatement());
        }
        Order order = new Order(1, "rope");
        List<Long> mails = new ArrayList<>();

        // snippet: unit
        UnitOfWork placeOrder = UnitOfWork.on(pool)
                .named("place-order") // immutable: keep and share it
                .readWrite()
                .isolation(Isolation.SERIALIZABLE)
                .timeout(Duration.ofSeconds(5)) // the whole: waits, runs and pauses
                .statementTimeout(Duration.ofSeconds(2))
                .lockTimeout(Duration.ofMillis(500))
                .commitOutcome(CommitOutcome.TOKEN)
                .retry(RetryPolicy.conflictsAndLostConnections()); // the consent to run the work again

        long id = placeOrder.call(tx -> {
            long stored = orders.insert(tx.connection(), order);
            try {
                tx.nested(part -> orders.insert(part.connection(), order)); // a savepoint
            } catch (SQLException e) {
                // There already: undone, the rest goes on.
            }
            tx.afterCommit(() -> mails.add(stored)); // once, only if stored, connection free
            return stored;
        });
        // end: unit

        assertThat(id).isEqualTo(1);
        assertThat(mails).containsExactly(1L);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet tokens = statement.executeQuery("select count(*) from lifebelt_token")) {
            assertThat(orders.count(connection)).isEqualTo(1);
            tokens.next();
            assertThat(tokens.getInt(1)).isEqualTo(1);
        }
    }
}
