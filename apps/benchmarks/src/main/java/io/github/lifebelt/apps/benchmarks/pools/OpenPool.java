package io.github.lifebelt.apps.benchmarks.pools;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A pool under measurement.
 *
 * @param peer which one
 * @param dataSource to borrow from
 * @param closer to close
 */
public record OpenPool(Peer peer, DataSource dataSource, AutoCloseable closer) implements AutoCloseable {

    /** Of a pool where the size is not what is measured: Lifebelt's default. */
    public static final int USUAL_SIZE = 5;

    static <T extends DataSource & AutoCloseable> OpenPool of(Peer peer, T pool) {
        return new OpenPool(peer, pool, pool);
    }

    /** Connects everything there is to connect, so that no round pays for it. */
    public OpenPool filled(int size) throws SQLException {
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                held.add(dataSource.getConnection());
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
        return this;
    }

    @Override
    public void close() throws Exception {
        closer.close();
    }
}
