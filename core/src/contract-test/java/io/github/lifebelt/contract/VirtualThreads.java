package io.github.lifebelt.contract;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Virtual threads for tests that are compiled for a Java which has none. */
public final class VirtualThreads {

    private VirtualThreads() {}

    /** Something that runs on its thread. */
    public record Running<T>(Thread thread, FutureTask<T> result) {}

    public static <T> Running<T> start(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        try {
            Thread thread = (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
            return new Running<>(thread, task);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException("this Java has no virtual threads: " + Runtime.version(), e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
