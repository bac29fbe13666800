package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A server's process with its children, and what signals can do to them. Each wait is bounded; what was not reached by
 * then is an {@link IOException}. Not thread-safe but for {@link #isGone}.
 */
public final class ServerProcess {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ProcessHandle main;
    private final Warden warden;
    private List<ProcessHandle> frozen = List.of();

    /** Takes over a running process; the warden will see to it that it does not outlive this JVM. */
    public ServerProcess(ProcessHandle main, Warden warden) throws IOException {
        this.main = main;
        this.warden = warden;
        warden.watch(List.of(main));
    }

    public boolean isGone() {
        return Processes.isGone(main);
    }

    public boolean isFrozen() {
        return !frozen.isEmpty();
    }

    /** Stops all in their tracks; on return they stand still. */
    public void freeze() throws IOException {
        // The main process first: then nothing is forked any more, and what is found is all there is.
        stopAndWait(List.of(main));
        List<ProcessHandle> all = mainThenChildren();
        frozen = all;
        warden.watch(all);
        stopAndWait(all);
    }

    /** Lets all go on. */
    public void thaw() throws IOException {
        if (isFrozen()) {
            warden.signal("CONT", frozen);
            frozen = List.of();
            warden.watch(List.of(main));
        }
    }

    /** Tells the main process to end all, thawed if need be, and waits until they are gone. */
    public void end(String signal, Duration atMost) throws IOException {
        thaw();
        List<ProcessHandle> all = mainThenChildren();
        warden.signal(signal, List.of(main));
        if (!Waiting.until(atMost, () -> Processes.areGone(all))) {
            throw new IOException("it was still there " + atMost.toSeconds() + " s after being told to end");
        }
        warden.watch(List.of());
    }

    /** Kills all at once. */
    public void kill() throws IOException {
        stopAndWait(List.of(main));
        List<ProcessHandle> all = mainThenChildren();
        // The main process last, and stopped as it is: nobody is to notice and say goodbye to clients.
        warden.signal("KILL", all.subList(1, all.size()));
        warden.signal("KILL", List.of(main));
        if (!Waiting.until(SOON, () -> Processes.areGone(all))) {
            throw new IOException("some of its processes survived kill -9 for " + SOON.toSeconds() + " s");
        }
        frozen = List.of();
        warden.watch(List.of());
    }

    /** Kills one child; returns when the main process has noticed and ended the others, as it does after a crash. */
    public void killChild(ProcessHandle child) throws IOException {
        List<ProcessHandle> all = main.children().toList();
        warden.signal("KILL", List.of(child));
        // Not isGone for the child: it stays in the process table until its parent has asked for its fate.
        if (!Waiting.until(SOON, () -> !child.isAlive() && Processes.areGone(all))) {
            throw new IOException("process " + child.pid() + " or one of those that end with it is still there");
        }
    }

    public boolean isParentOf(ProcessHandle process) {
        return process.parent().filter(main::equals).isPresent();
    }

    private void stopAndWait(List<ProcessHandle> processes) throws IOException {
        warden.signal("STOP", processes);
        if (!Waiting.until(SOON, () -> processes.stream().allMatch(Processes::isFrozen))) {
            throw new IOException("some of its processes did not stop for SIGSTOP within " + SOON.toSeconds() + " s");
        }
    }

    private List<ProcessHandle> mainThenChildren() {
        List<ProcessHandle> all = new ArrayList<>();
        all.add(main);
        main.descendants().forEach(all::add);
        return all;
    }
}
