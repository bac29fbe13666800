package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.spi.Dialect.SideDoor;
import java.net.SocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Ends what another session does. The server does not mind if that is nothing. */
final class StatementKiller {

    /** There is no session of this number. */
    static final int NO_SUCH_SESSION = 1094;

    private StatementKiller() {}

    static void kill(JdbcConnection busy, SideDoor beside) throws SQLException {
        SocketAddress here = address(busy);
        if (here == null) {
            return;
        }
        try (Connection other = beside.open();
                Statement statement = other.createStatement()) {
            SocketAddress there = address((JdbcConnection) other);
            if (!here.equals(there)) {
                throw new SQLException("session " + busy.getId() + " is at " + here + ", and there is only a way to "
                        + there + " now");
            }
            statement.execute("KILL QUERY " + busy.getId());
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_SESSION) {
                throw e;
            }
        }
    }

    private static @Nullable SocketAddress address(JdbcConnection connection) {
        try {
            return connection.getSession().getRemoteSocketAddress();
        } catch (RuntimeException e) {
            // The driver has let go of a socket that is closed.
            return null;
        }
    }
}
