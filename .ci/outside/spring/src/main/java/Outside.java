import com.zaxxer.hikari.HikariConfig;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.ResultSet;
import java.sql.Statement;

/** Borrows over TLS, has its server restarted, and borrows again. */
public class Outside {
    public static void main(String[] args) throws Exception {
        try (TestDatabase server = TestDatabase.postgres().start();
                ConnectionPool pool = ConnectionPool.fromUrl(server.url())) {
            int first = pid(pool);
            server.faults().stop(StopMode.FAST);
            server.faults().start();
            int second = pid(pool);
            if (first == second) {
                throw new IllegalStateException("the server was not restarted");
            }
        }
        System.out.println("OUTSIDE OK: " + HikariConfig.class.getProtectionDomain().getCodeSource().getLocation()
                + " " + org.postgresql.Driver.getVersion());
    }

    private static int pid(ConnectionPool pool) {
        return UnitOfWork.on(pool).call(tx -> {
            try (Statement statement = tx.connection().createStatement();
                    ResultSet rows = statement.executeQuery("select pg_backend_pid()")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }
}
