package io.github.lifebelt.apps.benchmarks.fleet;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Takes logins. All that are under way share its processors evenly, as with a server that starts a process for each: the
 * more there are the longer each takes. Or it takes them in turn, which is the kindest that a server can be. Who gives up is
 * gone at once and costs nothing more.
 */
final class LoginServer {

    /** Why there is no connection. */
    enum Refusal {
        AT_CAPACITY,
        GONE,
        TIMED_OUT
    }

    /** Told how it went. */
    interface Client {
        void accepted();

        void refused(Refusal why);
    }

    /** What it does with many logins at once. */
    enum Many {
        SHARE,
        IN_TURN
    }

    /** Why it refuses who has logged in, if it does. */
    interface Door {
        boolean isShut();
    }

    private static final class Login {
        private final Client client;
        private final double due;
        private boolean over;

        Login(Client client, double due) {
            this.client = client;
            this.due = due;
        }
    }

    private static final double DONE = 1e-9;

    private final Timeline time;
    private final double perMicro;
    private final int most;
    private final Many many;
    private final Door door;
    private final PerSecond logins;
    private final Deque<Login> underWay = new ArrayDeque<>();
    private int active;
    /**
     * What a login that is under way since the beginning would have got by now; one is a whole login. In turn: what the
     * first has got.
     */
    private double work;

    private long workedAt;
    private long plan;
    private int connected;
    private boolean listening = true;
    private long refusedForCapacity;
    private long timedOut;

    LoginServer(Timeline time, int perSecond, int most, Many many, Door door, PerSecond logins) {
        this.time = time;
        this.perMicro = perSecond / 1e6;
        this.most = most;
        this.many = many;
        this.door = door;
        this.logins = logins;
    }

    /** Whether anybody answers at the port. */
    boolean isListening() {
        return listening;
    }

    long refusedForCapacity() {
        return refusedForCapacity;
    }

    long timedOut() {
        return timedOut;
    }

    PerSecond logins() {
        return logins;
    }

    /** Takes no logins until {@link #comeBack}. */
    void goAway() {
        listening = false;
        connected = 0;
    }

    void comeBack() {
        listening = true;
    }

    /** Sessions that stood before the model begins. */
    void stand(int sessions) {
        connected += sessions;
    }

    void disconnect() {
        connected--;
    }

    void login(Client client, long timeoutMicros) {
        logins.count(time.now());
        if (!listening) {
            time.after(0, () -> client.refused(Refusal.GONE));
            return;
        }
        advance();
        Login login = new Login(client, many == Many.SHARE ? work + 1 : 1);
        underWay.add(login);
        active++;
        planNext();
        time.after(timeoutMicros, () -> giveUp(login));
    }

    private void giveUp(Login login) {
        if (!login.over) {
            advance();
            login.over = true;
            active--;
            timedOut++;
            planNext();
            login.client.refused(Refusal.TIMED_OUT);
        }
    }

    private void advance() {
        if (active > 0) {
            work += (time.now() - workedAt) * perMicro / sharers();
        }
        workedAt = time.now();
    }

    private int sharers() {
        return many == Many.SHARE ? active : 1;
    }

    /** Equal shares and equal costs: who came first is through first. */
    private void planNext() {
        while (!underWay.isEmpty() && underWay.element().over) {
            underWay.remove();
            work = many == Many.SHARE ? work : 0;
        }
        long mine = ++plan;
        if (!underWay.isEmpty()) {
            double left = Math.max(0, underWay.element().due - work);
            time.after((long) Math.ceil(left * sharers() / perMicro), () -> {
                if (plan == mine) {
                    complete();
                }
            });
        }
    }

    private void complete() {
        advance();
        Login first = underWay.element();
        if (first.due - work > DONE) {
            planNext();
            return;
        }
        first.over = true;
        active--;
        planNext();
        if (door.isShut()) {
            first.client.refused(Refusal.GONE);
        } else if (connected >= most) {
            refusedForCapacity++;
            first.client.refused(Refusal.AT_CAPACITY);
        } else {
            connected++;
            first.client.accepted();
        }
    }
}
