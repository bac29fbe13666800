package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the server says of the pool's sessions. */
final class SessionsView {

    private SessionsView() {}

    /** By their numbers; of none behind a pooler, where the numbers are the pooler's. */
    static Map<Long, SessionActivity> of(Dialect dialect, Physical own, Set<Long> sessions, long deadlineNanos)
            throws SQLException {
        ServerFacts facts = own.facts();
        if (sessions.isEmpty() || facts == null || facts.bouncer()) {
            return Map.of();
        }
        List<SessionActivity> found = new ArrayList<>();
        own.within(deadlineNanos, jdbc -> found.addAll(dialect.activity(jdbc, sessions)));
        return found.stream().collect(Collectors.toMap(SessionActivity::id, Function.identity(), (a, b) -> a));
    }
}
