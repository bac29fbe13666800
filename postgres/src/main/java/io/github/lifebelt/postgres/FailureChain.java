package io.github.lifebelt.postgres;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A failure with its causes and next exceptions, each once, the nearest first. Batches and wrappers hide the failure
 * that matters behind another one, and some wrappers refer to each other.
 */
record FailureChain(List<Throwable> all, List<SQLException> sql) {

    private static final int MOST = 32;

    static FailureChain of(SQLException failure) {
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
        return new FailureChain(all, sql);
    }

    boolean has(Class<? extends Throwable> type) {
        return all.stream().anyMatch(type::isInstance);
    }
}
