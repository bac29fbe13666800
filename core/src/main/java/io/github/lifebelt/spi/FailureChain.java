package io.github.lifebelt.spi;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * A failure with its causes and next exceptions, each once, the nearest first. Batches and wrappers hide the failure
 * that matters behind another one, and some wrappers refer to each other.
 *
 * @param all everything that hangs together, 32 at most
 * @param sql those of them that have an SQLState
 */
public record FailureChain(List<Throwable> all, List<SQLException> sql) {

    private static final int MOST = 32;

    /**
     * Follows a failure.
     *
     * @param failure what was thrown
     * @return it and what it carries
     */
    public static FailureChain of(SQLException failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> all = new ArrayList<>();
        List<SQLException> sql = new ArrayList<>();
        Deque<Throwable> open = new ArrayDeque<>(List.of(failure));
        while (!open.isEmpty() && all.size() < MOST) {
            Throwable at = open.removeFirst();
            if (!seen.add(at)) {
                continue;
            }
            all.add(at);
            if (at.getCause() != null) {
                open.addLast(at.getCause());
            }
            if (at instanceof SQLException one) {
                sql.add(one);
                if (one.getNextException() != null) {
                    open.addLast(one.getNextException());
                }
            }
        }
        return new FailureChain(List.copyOf(all), List.copyOf(sql));
    }

    /**
     * Whether something of a type is among them.
     *
     * @param type of the failure
     * @return true if one is an instance of it
     */
    public boolean has(Class<? extends Throwable> type) {
        return all.stream().anyMatch(type::isInstance);
    }

    /**
     * Whether this is about certificates and ciphers. Drivers report it under the SQLState of a broken line; only the
     * cause tells. A handshake that the line or the clock cut short is none.
     *
     * @return true if waiting for the server cannot help
     */
    public boolean isAboutTls() {
        if (!has(SSLException.class)) {
            return has(GeneralSecurityException.class);
        }
        return !has(EOFException.class) && !has(SocketException.class) && !has(SocketTimeoutException.class);
    }
}
