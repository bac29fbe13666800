package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.CheckSetting;
import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A session is killed, and the next thing that happens is that its connection is borrowed: a kill is a signal, and the
 * session lives until it has met it. Without a proxy, which would make it live longer.
 */
final class KillRace implements AutoCloseable {

    /**
     * What came of all runs.
     *
     * @param runs how many
     * @param lentDead connections that were lent although their session was being killed, and failed
     * @param failed borrows that threw
     */
    record Tally(int runs, int lentDead, int failed) {

        /** In tables. */
        String word() {
            return lentDead + " of " + runs + " lent dead" + (failed == 0 ? "" : ", " + failed + " failed");
        }

        private Tally plus(Sight sight) {
            return new Tally(
                    runs + 1, lentDead + (sight == Sight.LENT_DEAD ? 1 : 0), failed + (sight == Sight.FAILED ? 1 : 0));
        }
    }

    private static final int TRIES = 5;

    private final Place place;
    private final Database kind;
    private final CheckSetting setting;
    private final Connection killer;
    private OpenPool pool;

    private KillRace(Place place, CheckSetting setting) throws SQLException {
        this.place = place;
        this.kind = place.servers().kind();
        this.setting = setting;
        this.killer = place.endpoint().connect();
        this.pool = open();
    }

    /** As often as wanted. */
    static Tally run(Place place, CheckSetting setting, int runs) throws SQLException {
        try (KillRace race = new KillRace(place, setting)) {
            Tally tally = new Tally(0, 0, 0);
            while (tally.runs < runs) {
                tally = tally.plus(race.once());
            }
            return tally;
        }
    }

    private OpenPool open() throws SQLException {
        return setting.open(place.endpoint(), MatrixTrial.setup());
    }

    private Sight once() throws SQLException {
        long session = liveSession();
        SessionId.kill(killer, session, kind);
        Sight sight = Sight.FAILED;
        try (Connection connection = pool.dataSource().getConnection()) {
            sight = Sight.LENT_DEAD;
            SessionId.of(connection, kind);
            return Sight.REPLACED;
        } catch (SQLException e) {
            return sight;
        }
    }

    /** Some pools lend a dead connection again and again, and are of no use after the first. */
    private long liveSession() throws SQLException {
        for (int tries = 1; ; tries++) {
            try (Connection connection = pool.dataSource().getConnection()) {
                return SessionId.of(connection, kind);
            } catch (SQLException e) {
                if (tries == TRIES) {
                    throw e;
                }
                PoolCare.leave(pool);
                pool = open();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        PoolCare.leave(pool);
        killer.close();
    }
}
