package io.github.lifebelt.testing;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.url.DatabaseUrl;
import java.lang.reflect.Executable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What one test, or one class, was given: made when first asked for, the same from then on, closed at the end. */
final class TestScope implements AutoCloseable {
    private static final Set<Class<?>> TYPES = Set.of(
            TestDatabase.class,
            Faults.class,
            FaultProxy.class,
            ProtocolProxy.class,
            ConnectionPool.class,
            DataSource.class,
            DatabaseUrl.class);

    private final TestDatabase database;
    private final Map<Class<?>, Object> given = new HashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    TestScope(TestDatabase database) {
        this.database = database;
    }

    static boolean has(Class<?> type) {
        return TYPES.contains(type);
    }

    /** Gives a method what one of its parameters wants. */
    synchronized Object give(Class<?> type, Executable method) {
        // First of all, because the others lead through it; and there is one, which aims if anybody wants that.
        List<Class<?>> wanted = List.of(method.getParameterTypes());
        if (wanted.contains(ProtocolProxy.class)) {
            one(ProtocolProxy.class);
        } else if (wanted.contains(FaultProxy.class)) {
            one(FaultProxy.class);
        }
        return one(type);
    }

    private Object one(Class<?> type) {
        Object known = given.get(type);
        if (known == null) {
            known = make(type);
            given.put(type, known);
            // A proxy may be known by both of its types.
            if (known instanceof AutoCloseable resource && known != database && !open.contains(resource)) {
                open.push(resource);
            }
        }
        return known;
    }

    private Object make(Class<?> type) {
        FaultProxy proxy = proxy();
        if (type == TestDatabase.class) {
            return database;
        } else if (type == Faults.class) {
            return database.faults();
        } else if (type == ProtocolProxy.class) {
            return database.protocolProxy();
        } else if (type == FaultProxy.class) {
            return proxy != null ? proxy : database.proxy();
        } else if (type == DataSource.class) {
            return proxy == null ? database.dataSource() : database.dataSource(proxy);
        }
        DatabaseUrl url = proxy == null ? database.databaseUrl() : database.databaseUrl(proxy);
        return type == DatabaseUrl.class ? url : ConnectionPool.builder(url).open();
    }

    private @Nullable FaultProxy proxy() {
        Object aiming = given.get(ProtocolProxy.class);
        return (FaultProxy) (aiming != null ? aiming : given.get(FaultProxy.class));
    }

    /** Closes in the opposite order; all of them, whatever one says. */
    @Override
    public synchronized void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                close(open.pop());
            } catch (Exception e) {
                RuntimeException wrapped = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                if (failure == null) {
                    failure = wrapped;
                } else {
                    failure.addSuppressed(wrapped);
                }
            }
        }
        given.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private static void close(AutoCloseable resource) throws Exception {
        if (resource instanceof ConnectionPool pool) {
            // What the test still holds is its leak, not a reason to wait.
            pool.close(Duration.ZERO);
        } else {
            resource.close();
        }
    }
}
