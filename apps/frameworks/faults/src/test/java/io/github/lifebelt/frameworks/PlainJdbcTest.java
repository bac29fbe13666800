package io.github.lifebelt.frameworks;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The contract without any framework: what fails here is not a framework's doing. */
class PlainJdbcTest extends FaultContract {
    PlainJdbcTest() {
        super(
                "JDBC",
                PRODUCT == DatabaseProduct.POSTGRESQL ? org.postgresql.Driver.class : com.mysql.cj.jdbc.Driver.class);
    }

    @Override
    protected Application start(TestDatabase database) {
        return new PlainJdbc(pool(database).open());
    }

    private record PlainJdbc(ConnectionPool pool) implements Application {
        @Override
        public void store(String text, Runnable then) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement("insert into entry (text) values (?)")) {
                connection.setAutoCommit(false);
                insert.setString(1, text);
                insert.executeUpdate();
                then.run();
                connection.commit();
            }
        }

        @Override
        public long count() throws SQLException {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from entry")) {
                row.next();
                return row.getLong(1);
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
