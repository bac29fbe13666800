package io.github.lifebelt.internal.pool;

import java.lang.reflect.Proxy;
import java.sql.Connection;

/** A connection to nowhere, for tests that are not about the server. */
final class Quiet {

    private Quiet() {}

    /** One that does nothing, and has nothing to say. */
    static Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Class<?> type = method.getReturnType();
                    return type == boolean.class ? Boolean.FALSE : type == int.class ? (Integer) 0 : null;
                });
    }
}
