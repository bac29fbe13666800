package io.github.lifebelt.apps.benchmarks.fleet;

import io.github.lifebelt.apps.benchmarks.fleet.LoginServer.Client;
import io.github.lifebelt.apps.benchmarks.fleet.LoginServer.Refusal;
import java.util.Random;

/**
 * A pooler's side of the database, PgBouncer's: after a login that failed it waits for a fixed time until the next. Until one
 * has succeeded it refuses who logs in at it, and keeps what those ask who are logged in.
 */
final class Pooler {

    private static final long NEVER = -1;

    private final Timeline time;
    private final LoginServer database;
    private final Surroundings around;
    private long upAt = NEVER;

    Pooler(Timeline time, LoginServer database, Surroundings around) {
        this.time = time;
        this.database = database;
        this.around = around;
    }

    boolean isDown() {
        return upAt == NEVER;
    }

    /** When it could ask the database again; negative if not yet. */
    long upAt() {
        return upAt;
    }

    /** Begins to try. Where in its period the database comes back is chance. */
    void begin(Random random) {
        time.after((long) (random.nextDouble() * Replica.micros(around.poolerRetry())), this::tryOne);
    }

    private void tryOne() {
        login(new Client() {
            @Override
            public void accepted() {
                upAt = time.now();
                for (int i = 1; i < around.poolerConnections(); i++) {
                    fill();
                }
            }

            @Override
            public void refused(Refusal why) {
                time.after(Replica.micros(around.poolerRetry()), Pooler.this::tryOne);
            }
        });
    }

    private void fill() {
        login(new Client() {
            @Override
            public void accepted() {
                // One more.
            }

            @Override
            public void refused(Refusal why) {
                time.after(Replica.micros(around.poolerRetry()), Pooler.this::fill);
            }
        });
    }

    private void login(Client client) {
        database.login(client, Replica.micros(around.poolerRetry()));
    }
}
