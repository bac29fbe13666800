package io.github.lifebelt.apps.benchmarks.fleet;

import io.github.lifebelt.apps.benchmarks.fleet.GateConstants.Cadence;
import io.github.lifebelt.apps.benchmarks.fleet.LoginServer.Client;
import io.github.lifebelt.apps.benchmarks.fleet.LoginServer.Refusal;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One pool: its gate and its prober, told as in Lifebelt's {@code Gate}, {@code Prober} and {@code Outages}. It wants all its
 * connections back, as one whose connections had all been in use.
 */
final class Replica {

    private static final long NEVER = -1;

    private final Timeline time;
    private final LoginServer server;
    private final GateConstants gate;
    private final Random random;
    private final PerSecond attempts;
    private int connected;
    private int connecting;
    private boolean closed;
    private boolean halfOpen;
    private int trials;
    private boolean probing;
    private Cadence cadence;
    private long cadenceBegin;
    private long pauseMicros;
    private long loginMicros;
    private long servesAt = NEVER;

    Replica(Timeline time, LoginServer server, GateConstants gate, Random random, PerSecond attempts) {
        this.time = time;
        this.server = server;
        this.gate = gate;
        this.random = random;
        this.attempts = attempts;
        this.cadence = gate.gone();
        this.loginMicros = micros(gate.firstLogin());
    }

    static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    }

    /** When it had a connection again; negative if not yet. */
    long servesAt() {
        return servesAt;
    }

    /** Connections are gone; the first borrower who finds that tries to connect. */
    void loses(int left) {
        connected = left;
        connectMore();
    }

    private void connectMore() {
        while (connected + connecting < gate.poolSize() && (!closed || (halfOpen && connecting < trials))) {
            connecting++;
            attempts.count(time.now());
            server.login(
                    new Client() {
                        @Override
                        public void accepted() {
                            connecting--;
                            succeeded();
                        }

                        @Override
                        public void refused(Refusal why) {
                            connecting--;
                            close(why);
                        }
                    },
                    micros(gate.connectTimeout()));
            if (!closed && connected == 0 && !server.isListening()) {
                // One is enough to see that nobody is there: it is refused before the next borrower comes.
                return;
            }
        }
    }

    private void succeeded() {
        connected++;
        if (servesAt == NEVER) {
            servesAt = time.now();
        }
        if (closed) {
            if (!halfOpen) {
                halfOpen = true;
                trials = gate.firstTrials();
            }
            trials++;
            if (trials >= gate.poolSize()) {
                closed = false;
                halfOpen = false;
            }
        }
        connectMore();
    }

    private void close(Refusal why) {
        closed = true;
        halfOpen = false;
        Cadence next = why == Refusal.AT_CAPACITY ? gate.full() : gate.gone();
        if (!probing) {
            probing = true;
            begin(next);
        } else if (!next.equals(cadence)) {
            // The prober goes on as it is and takes notice after its look.
            cadence = next;
            cadenceBegin = time.now();
            pauseMicros = 0;
        }
    }

    private void begin(Cadence next) {
        cadence = next;
        cadenceBegin = time.now();
        pauseMicros = 0;
        if (next.equals(gate.gone())) {
            look();
        } else {
            pause(0);
        }
    }

    private void pause(long lookMicros) {
        long first = micros(cadence.first());
        boolean rush = pauseMicros == 0 || time.now() - cadenceBegin < micros(gate.rush());
        pauseMicros = rush ? first : Math.min(micros(cadence.last()), pauseMicros * 2);
        long jittered = pauseMicros == first ? first : pauseMicros - (long) (random.nextDouble() * (pauseMicros / 2.0));
        // Counted from the beginning of the look before.
        time.after(
                lookMicros == 0 ? jittered : Math.max(micros(gate.shortestPause()), jittered - lookMicros), this::look);
    }

    private void look() {
        if (!closed || halfOpen) {
            // Somebody's connect that was under way has got through.
            probing = false;
            return;
        }
        attempts.count(time.now());
        if (!server.isListening()) {
            pause(0);
            return;
        }
        long begin = time.now();
        server.login(
                new Client() {
                    @Override
                    public void accepted() {
                        probing = false;
                        loginMicros = micros(gate.firstLogin());
                        if (connected + connecting >= gate.poolSize()) {
                            server.disconnect();
                        } else {
                            succeeded();
                        }
                    }

                    @Override
                    public void refused(Refusal why) {
                        if (why == Refusal.TIMED_OUT) {
                            loginMicros = Math.min(loginMicros * 2, micros(gate.connectTimeout()));
                        }
                        close(why);
                        pause(time.now() - begin);
                    }
                },
                loginMicros);
    }
}
