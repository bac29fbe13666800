package io.github.lifebelt.apps.service;

import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The page's buttons. One action after another, and none that cannot be done in the state that the server is in. */
final class Controls {
    private final @Nullable Faults faults;
    private final Hoard hoard;
    private final Figures figures;
    private volatile Server server = Server.RUNNING;
    private volatile boolean readOnly;
    private volatile @Nullable Action running;

    Controls(@Nullable Faults faults, Hoard hoard, Figures figures) {
        this.faults = faults;
        this.hoard = hoard;
        this.figures = figures;
    }

    /** How the server is. */
    enum Server {
        /** It answers. */
        RUNNING,
        /** It is there and answers nothing. */
        FROZEN,
        /** It is not there. */
        STOPPED
    }

    /** What can be done. */
    enum Action {
        /** Ends all sessions. */
        KILL,
        /** The server stands still. */
        FREEZE,
        /** It goes on. */
        THAW,
        /** It ends. */
        STOP,
        /** It comes back. */
        START,
        /** It refuses writes. */
        READ_ONLY,
        /** It takes them again. */
        WRITABLE,
        /** All connections of the pool are held. */
        EXHAUST,
        /** They are given back. */
        RELEASE;

        /** Its name in paths. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Optional<Action> of(String label) {
            return Arrays.stream(values())
                    .filter(action -> action.label().equals(label))
                    .findFirst();
        }
    }

    /**
     * How things stand, for the buttons.
     *
     * @param faults whether there is a server that may be broken
     * @param server how it is
     * @param readOnly whether it refuses writes
     * @param exhausted whether all connections are held on purpose
     * @param running what is being done at the moment
     */
    record State(
            boolean faults,
            Server server,
            boolean readOnly,
            boolean exhausted,
            @Nullable String running) {}

    State state() {
        Action busy = running;
        return new State(faults != null, server, readOnly, hoard.isHolding(), busy == null ? null : busy.label());
    }

    /** Whether it can be done at all. */
    boolean isOffered(Action action) {
        return faults != null || action == Action.EXHAUST || action == Action.RELEASE;
    }

    /**
     * Does it, and returns when it is done.
     *
     * @return what was done, in a few words
     * @throws IllegalStateException if it cannot be done now; says why
     */
    synchronized String run(Action action) {
        running = action;
        try {
            String done = act(action);
            figures.event(true, done);
            return done;
        } finally {
            running = null;
        }
    }

    private String act(Action action) {
        return switch (action) {
            case EXHAUST -> {
                hoard.take();
                yield "reports take every connection";
            }
            case RELEASE -> {
                hoard.giveBack();
                yield "the reports give their connections back";
            }
            default -> act(action, broken());
        };
    }

    private Faults broken() {
        Faults some = faults;
        if (some == null) {
            throw new IllegalStateException("an own server is not touched");
        }
        return some;
    }

    private String act(Action action, Faults some) {
        demand(
                switch (action) {
                    case THAW -> Server.FROZEN;
                    case START -> Server.STOPPED;
                    default -> Server.RUNNING;
                });
        return switch (action) {
            case KILL -> {
                int sessions = some.killSessions();
                figures.killed(sessions);
                yield sessions + " sessions killed";
            }
            case FREEZE -> {
                some.freeze();
                server = Server.FROZEN;
                yield "the server is frozen";
            }
            case THAW -> {
                some.thaw();
                server = Server.RUNNING;
                yield "the server goes on";
            }
            case STOP -> {
                some.stop(StopMode.FAST);
                server = Server.STOPPED;
                yield "the server is stopped";
            }
            case START -> {
                some.start();
                server = Server.RUNNING;
                yield "the server is started";
            }
            case READ_ONLY -> {
                some.makeReadOnly();
                readOnly = true;
                yield "the server refuses writes";
            }
            case WRITABLE -> {
                some.makeWritable();
                readOnly = false;
                yield "the server takes writes";
            }
            case EXHAUST, RELEASE -> throw new IllegalStateException("the server has no part in " + action);
        };
    }

    private void demand(Server wanted) {
        if (server != wanted) {
            throw new IllegalStateException("the server is " + server.name().toLowerCase(Locale.ROOT));
        }
    }
}
