package io.github.lifebelt.tx;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Names the unit in the logs of whatever runs inside it: which unit, which transaction, which run of it, on which session
 * of the server. Puts back what was there before.
 */
final class UnitMdc implements AutoCloseable {
    private static final String UNIT = "lifebelt.unit";
    private static final String TRANSACTION = "lifebelt.transaction";
    private static final String ATTEMPT = "lifebelt.attempt";
    private static final String SESSION = "lifebelt.session";

    private final @Nullable String unit = MDC.get(UNIT);
    private final @Nullable String transaction = MDC.get(TRANSACTION);
    private final @Nullable String attempt = MDC.get(ATTEMPT);
    private final @Nullable String session = MDC.get(SESSION);

    UnitMdc(String name, String id, int run, long sessionId) {
        MDC.put(UNIT, name);
        MDC.put(TRANSACTION, id);
        MDC.put(ATTEMPT, Integer.toString(run));
        MDC.put(SESSION, Long.toString(sessionId));
    }

    @Override
    public void close() {
        set(UNIT, unit);
        set(TRANSACTION, transaction);
        set(ATTEMPT, attempt);
        set(SESSION, session);
    }

    private static void set(String key, @Nullable String value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }
}
