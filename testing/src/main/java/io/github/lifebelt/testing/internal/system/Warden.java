package io.github.lifebelt.testing.internal.system;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * A small shell beside each server. It sends the signals Java has no call for, and because its input ends when this JVM
 * does, even by kill -9, it is also who then takes the server down and removes its folder.
 */
public final class Warden implements AutoCloseable {
    // $1 is the folder. A frozen server must be thawed to die of QUIT, and is given half a minute.
    private static final String SCRIPT = """
            trap '' HUP INT TERM QUIT
            server=
            all=
            while read -r verb rest; do
                case $verb in
                    watch)
                        server=${rest%% *}
                        all=$rest
                        echo watching
                        ;;
                    *)
                        kill -s "$verb" $rest 2>/dev/null
                        echo sent
                        ;;
                esac
            done
            if [ -n "$server" ]; then
                kill -s CONT $all 2>/dev/null
                kill -s QUIT "$server" 2>/dev/null
                tries=300
                while [ $tries -gt 0 ] && kill -s 0 "$server" 2>/dev/null; do
                    sleep 0.1
                    tries=$((tries - 1))
                done
                [ $tries -gt 0 ] || kill -s KILL $all 2>/dev/null
            fi
            rm -rf -- "$1"
            """;

    private final Process shell;
    private final BufferedWriter toShell;
    private final BufferedReader fromShell;

    public Warden(Path folder) throws IOException {
        this.shell = new ProcessBuilder("/bin/sh", "-c", SCRIPT, "lifebelt-warden", folder.toString())
                .directory(new File("/"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        this.toShell = new BufferedWriter(new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.US_ASCII));
        this.fromShell = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Tells what to take down should this JVM die: the server first, then the others; nothing if empty. */
    public void watch(Collection<ProcessHandle> processes) throws IOException {
        say("watch", processes);
    }

    /** Sends a signal, by its name without SIG, to processes that may already be gone; it is sent on return. */
    public void signal(String signal, Collection<ProcessHandle> processes) throws IOException {
        if (!processes.isEmpty()) {
            say(signal, processes);
        }
    }

    private synchronized void say(String verb, Collection<ProcessHandle> processes) throws IOException {
        String pids =
                processes.stream().map(process -> Long.toString(process.pid())).collect(Collectors.joining(" "));
        toShell.write(verb + " " + pids + "\n");
        toShell.flush();
        if (fromShell.readLine() == null) {
            throw new IOException("The helper shell that sends signals (pid " + shell.pid() + ") has ended");
        }
    }

    /** Ends the shell, which removes the folder if it is still there. */
    @Override
    public synchronized void close() throws IOException {
        toShell.close();
        Waiting.until(Duration.ofSeconds(10), () -> !shell.isAlive());
        fromShell.close();
    }
}
