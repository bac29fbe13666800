package io.github.lifebelt.frameworks;

import static org.awaitility.Awaitility.await;

import io.github.lifebelt.frameworks.Calls.Call;
import io.github.lifebelt.testing.Stalls;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Threads that store one entry after the other, and keep account of what they were told. */
final class Storing implements AutoCloseable {
    private final Application application;
    private final Supplier<String> names;
    private final List<Thread> threads = new ArrayList<>();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> inDoubt = ConcurrentHashMap.newKeySet();
    private final List<Throwable> unexplained = new CopyOnWriteArrayList<>();
    private final Stalls stalls = new Stalls();
    private volatile boolean stopped;

    private Storing(Application application, Supplier<String> names) {
        this.application = application;
        this.names = names;
    }

    static Storing start(Application application, int count, Supplier<String> names) {
        Storing storing = new Storing(application, names);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(storing::storeUntilStopped, "storing-" + i);
            thread.setDaemon(true);
            storing.threads.add(thread);
            thread.start();
        }
        return storing;
    }

    /** Waits until so many more were stored, and fails if that takes longer. */
    void awaitMore(int count, Duration limit) {
        int wanted = confirmed.size() + count;
        long start = System.nanoTime();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> confirmed.size() >= wanted);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (took.compareTo(stalls.allowFor(limit)) > 0) {
            throw new AssertionError(count + " calls took " + took + ", and may take " + limit);
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(10).toMillis());
            if (thread.isAlive()) {
                throw new AssertionError(thread + " hangs");
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        stalls.close();
    }

    /** Those that are stored, as the application was told. */
    Set<String> confirmed() {
        return confirmed;
    }

    /** Those that failed after all of the transaction's work was done, so perhaps at COMMIT: stored or not. */
    Set<String> inDoubt() {
        return inDoubt;
    }

    /** Failures that do not say what happened to the connection. */
    List<Throwable> unexplained() {
        return unexplained;
    }

    private void storeUntilStopped() {
        while (!stopped) {
            String text = names.get();
            AtomicBoolean done = new AtomicBoolean();
            Call call = Calls.call(() -> application.store(text, () -> done.set(true)));
            if (call.succeeded()) {
                confirmed.add(text);
            } else if (done.get()) {
                inDoubt.add(text);
            }
            if (call.failure() != null && Calls.cause(call.failure(), SQLException.class) == null) {
                unexplained.add(call.failure());
            }
        }
    }
}
