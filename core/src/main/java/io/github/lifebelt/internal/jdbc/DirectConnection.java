package io.github.lifebelt.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A connection that belongs to no slot: closing it ends it, politely and without waiting for the server. */
public final class DirectConnection extends ForwardingConnection {
    private final Physical physical;
    private final Consumer<DirectConnection> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    public DirectConnection(Physical physical, Consumer<DirectConnection> onClose) {
        this.physical = physical;
        this.onClose = onClose;
    }

    @Override
    Connection delegate() throws SQLException {
        if (closed.get()) {
            throw new SQLException("this connection was closed", "08003");
        }
        return physical.jdbc();
    }

    @Override
    public boolean isClosed() {
        return closed.get() || physical.driverSaysClosed();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.accept(this);
            physical.closePolitely();
        }
    }

    @Override
    public String toString() {
        return "DirectConnection[" + physical + "]";
    }
}
