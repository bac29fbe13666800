package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners, and lets none of them disturb the pool. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<PoolListener> listeners;
    private final List<PoolListener> listenersToBorrows;

    Listeners(List<PoolListener> initial) {
        listeners = new CopyOnWriteArrayList<>(initial);
        listenersToBorrows = new CopyOnWriteArrayList<>(initial);
    }

    void add(PoolListener listener) {
        listeners.add(listener);
        listenersToBorrows.add(listener);
    }

    /** Adds one that is not told of each borrow that succeeds, and each return. */
    void addForTheRest(PoolListener listener) {
        listeners.add(listener);
    }

    void remove(PoolListener listener) {
        listeners.remove(listener);
        listenersToBorrows.remove(listener);
    }

    /** So that nothing is measured for nobody. */
    boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** The same for what happens at each borrow. */
    boolean anyForBorrows() {
        return !listenersToBorrows.isEmpty();
    }

    void tell(Consumer<PoolListener> event) {
        tell(listeners, event);
    }

    void tellOfBorrow(Consumer<PoolListener> event) {
        tell(listenersToBorrows, event);
    }

    private static void tell(List<PoolListener> listeners, Consumer<PoolListener> event) {
        for (PoolListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException | LinkageError | AssertionError e) {
                // One that was compiled against another version is no reason to keep a connection from its borrower.
                LOG.warn("a pool listener has failed: {}", listener, e);
            }
        }
    }
}
