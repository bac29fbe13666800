import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.ResultSet;
import java.sql.Statement;

/** As small as a program on a database can be. */
final class Orders implements AutoCloseable {
    private final ConnectionPool pool;

    Orders(String url) {
        pool = ConnectionPool.fromUrl(url);
    }

    long backend() {
        return UnitOfWork.on(pool).call(tx -> {
            try (Statement statement = tx.connection().createStatement();
                    ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public void close() {
        pool.close();
    }
}
