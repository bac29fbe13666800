package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A deadlock in a unit that has joined: on PostgreSQL it costs the part, on MySQL and MariaDB the whole. */
@Timeout(120)
class DeadlockTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    /** What a transaction met: in its unit, and at its commit. */
    private record Met(Throwable inUnit, Throwable atCommit) {}

    private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    private JdbcTemplate jdbc;
    private TransactionTemplate transaction;
    private UnitOfWork unit;

    @RepeatedTest(3)
    void aPartThatCannotBeUndoneByItselfFailsTheCommitOfTheWhole() throws Exception {
        try (TestDatabase database = TestDatabase.of(FaultContract.PRODUCT).start();
                Running running = Running.start(App.class, Running.WITHOUT_JPA, "lifebelt.url=" + database.url())) {
            jdbc = running.context().getBean(JdbcTemplate.class);
            transaction = running.context().getBean(TransactionTemplate.class);
            unit = running.context().getBean(UnitOfWork.class).named("part").joining();
            jdbc.execute("create table account (id int primary key, balance int)");
            jdbc.execute("create table entry (text varchar(100) primary key)");
            jdbc.update("insert into account values (1, 0), (2, 0)");
            CompletableFuture<Met> other = CompletableFuture.supplyAsync(() -> meet("b", 2, 1));
            Met one = meet("a", 1, 2);
            Met two = other.get(60, TimeUnit.SECONDS);

            Met victim = one.inUnit() == null ? two : one;
            Met winner = victim == one ? two : one;
            assertThat(winner).isEqualTo(new Met(null, null));
            assertThat(victim.inUnit()).isInstanceOf(TransactionRolledBackException.class);
            if (FaultContract.PRODUCT == DatabaseProduct.POSTGRESQL) {
                assertThat(victim.atCommit()).isNull();
            } else {
                assertThat(victim.atCommit()).hasStackTraceContaining("deadlock");
            }
            assertThat(jdbc.queryForObject("select count(*) from entry", Integer.class))
                    .isEqualTo(victim.atCommit() == null ? 2 : 1);
            assertThat(jdbc.queryForObject("select sum(balance) from account", Integer.class))
                    .isEqualTo(2);
            assertThat(running.pool().stats().active()).isZero();
        }
    }

    private Met meet(String text, int first, int second) {
        Throwable[] inUnit = new Throwable[1];
        Throwable atCommit = catchThrowable(() -> transaction.executeWithoutResult(status -> {
            jdbc.update("insert into entry values (?)", text);
            inUnit[0] = catchThrowable(() -> unit.run(tx -> {
                add(tx.connection(), first);
                bothHoldOne.await(30, TimeUnit.SECONDS);
                add(tx.connection(), second);
            }));
        }));
        return new Met(inUnit[0], atCommit);
    }

    private static void add(Connection connection, int id) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate("update account set balance = balance + 1 where id = " + id);
        }
    }
}
