package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@link EmbeddedEngine} has to know about one family's programs to run a server as a child process. Paths of data
 * folders are those {@link #createData} returned. Stateless but for caches; safe for use by several engines at once.
 */
public interface EmbeddedPrograms {
    /** Product and version, as in {@code PostgreSQL 18.6.0}. */
    String name();

    /** Does what takes long and only once. */
    void prepare() throws IOException;

    /** Makes a data folder inside the given one, with users, database and certificate, but does not start anything. */
    Path createData(Path folder, ServerSpec spec) throws IOException;

    /** The command that runs the server in the foreground, on the port, its output being its log. */
    List<String> command(Path data, int port, ServerSpec spec);

    /** Removes what an earlier run may have left that would mislead the next one, and writes what has to know the port. */
    void beforeStart(Path data, int port) throws IOException;

    /** Whether the server that was just launched is up as far as its files tell; connections are tried after that. */
    boolean isReady(Path data);

    /** The process that is the server, when another than the launched one; empty if that is not known. */
    Optional<ProcessHandle> mainProcess(Path data);

    /** Whether the server would log ordinary users in now, as opposed to starting, stopping or recovering. */
    boolean accepts(int port);

    /** Whether the log of a start says that the port is taken by somebody else. */
    boolean saysPortIsTaken(String log);

    /** The signal that makes the server end like this, without SIG. */
    String signal(StopMode mode);

    /** The signal that makes it end the quickest way, when its data is not needed any more, without SIG. */
    default String signalToDiscard() {
        return signal(StopMode.IMMEDIATE);
    }

    /** Whether each session has a process of its own, which can be killed. */
    default boolean hasProcessPerSession() {
        return false;
    }

    /** Puts the certificate and its key where the server reads them at start or reload, readable for it. */
    void install(ServerCertificate certificate, Path data) throws IOException;

    /** Clears what a killed server leaves outside of its data folder. */
    void afterCrash(Path data);

    /** Whether a server keeps its wits with its data in a file system in memory. */
    default boolean mayKeepDataInMemory() {
        return true;
    }
}
