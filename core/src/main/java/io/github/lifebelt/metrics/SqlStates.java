package io.github.lifebelt.metrics;

import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the database has said, as a code and not in its words. */
final class SqlStates {
    /** OpenTelemetry's name for it. */
    static final String KEY = "db.response.status_code";

    private static final int MOST_CAUSES = 16;

    private SqlStates() {}

    /** The first SQLState among a failure and its causes, if there is one. */
    static void of(@Nullable Throwable failure, Consumer<String> found) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < MOST_CAUSES; next = next.getCause(), depth++) {
            if (next instanceof SQLException sql && sql.getSQLState() != null) {
                found.accept(sql.getSQLState());
                return;
            }
        }
    }
}
