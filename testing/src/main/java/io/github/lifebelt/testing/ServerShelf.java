package io.github.lifebelt.testing;

import io.github.lifebelt.testing.TestDatabaseBuilder.Wish;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a run that no class uses at the moment. Last in, first out, so that a run that does one thing after
 * another has one server of a kind.
 */
final class ServerShelf implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerShelf.class);

    private final Map<Wish, Deque<TestDatabase>> idle = new HashMap<>();
    private boolean closed;

    /** A server like that with an empty database; started if there is none. */
    TestDatabase take(Wish wish) {
        synchronized (this) {
            Deque<TestDatabase> servers = idle.get(wish);
            if (servers != null && !servers.isEmpty()) {
                return servers.pop();
            }
        }
        return wish.start();
    }

    /** Takes back a server that works and has an empty database. */
    void putBack(Wish wish, TestDatabase server) {
        synchronized (this) {
            if (!closed) {
                idle.computeIfAbsent(wish, w -> new ArrayDeque<>()).push(server);
                return;
            }
        }
        server.close();
    }

    /** At the end of the run. */
    @Override
    public void close() {
        List<TestDatabase> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            idle.values().forEach(all::addAll);
            idle.clear();
        }
        for (TestDatabase server : all) {
            try {
                server.close();
            } catch (RuntimeException e) {
                LOG.warn("{} could not be closed", server, e);
            }
        }
    }
}
