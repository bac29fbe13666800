package io.github.lifebelt.internal.jdbc;

/** A thread that works for a pool, never for a borrower. How a slot tells HikariCP's keepalive from a borrow. */
public final class PoolThread extends Thread {

    public PoolThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }
}
