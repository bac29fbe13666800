package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Kills all sessions every 200 ms, and restarts the server once, half-way. Every second the answer of one COMMIT is lost on
 * the wire, and the request of another one, each with its connection.
 */
final class Storm {

    static final Duration PERIOD = Duration.ofMillis(200);

    private static final int PERIODS_BETWEEN_LOSSES = 5;

    /**
     * What it has done.
     *
     * @param kills sessions that were told to end
     * @param restarts of the server
     */
    record Damage(long kills, int restarts) {}

    private final TestDatabase server;
    private final ProtocolProxy wire;
    private final Duration lasts;

    Storm(TestDatabase server, ProtocolProxy wire, Duration lasts) {
        this.server = server;
        this.wire = wire;
        this.lasts = lasts;
    }

    /** Rages on this thread until its time is over, or somebody says so. */
    Damage rage(CountDownLatch over) throws InterruptedException {
        long begin = System.nanoTime();
        long halfWay = begin + lasts.toNanos() / 2;
        long end = begin + lasts.toNanos();
        long next = begin + PERIOD.toNanos();
        long kills = 0;
        int restarts = 0;
        for (int period = 0; next - end < 0 && !over.await(next - System.nanoTime(), TimeUnit.NANOSECONDS); period++) {
            loseCommits(period);
            if (restarts == 0 && System.nanoTime() - halfWay >= 0) {
                server.faults().stop(StopMode.FAST);
                server.faults().start();
                restarts++;
            } else {
                kills += server.faults().killSessions();
            }
            // Periods that a restart took up are not made up for.
            next = Math.max(next + PERIOD.toNanos(), System.nanoTime());
        }
        return new Damage(kills, restarts);
    }

    /** Not both at once: the connection that loses one has no use for the other. */
    private void loseCommits(int period) {
        if (period % PERIODS_BETWEEN_LOSSES == 1) {
            wire.loseCommitAnswer(ProtocolProxy.Ending.RESET);
        } else if (period % PERIODS_BETWEEN_LOSSES == 3) {
            wire.loseCommitRequest(ProtocolProxy.Ending.RESET);
        }
    }
}
