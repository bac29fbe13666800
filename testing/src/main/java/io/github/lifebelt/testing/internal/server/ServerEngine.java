package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.IOException;

/**
 * One server as its provider can handle it: what is done to it from outside, without SQL. {@link Server} calls it under
 * its lock and only in states that make sense, so it checks nothing of that kind.
 *
 * <p>What a provider cannot do is an {@link UnsupportedOperationException} that says who can.
 */
public interface ServerEngine {
    /** How the server is called in messages: product, version, provider. */
    String description();

    /** Where clients connect to. */
    String host();

    /** The port, the same for the engine's life; any thread may ask. */
    int port();

    /** Starts a server that does not run, on its port, and waits until it takes connections. */
    void start() throws IOException;

    /** Waits until a server that runs takes connections. */
    void awaitAccepting() throws IOException;

    /** Tells a server to end, thawed if need be, and waits until it is gone; nothing if it does not run. */
    void stop(StopMode mode) throws IOException;

    /** Kills a server with all of its processes; nothing if it does not run. */
    void crash() throws IOException;

    /** Stops a running server in its tracks; nothing if it is frozen. */
    void freeze() throws IOException;

    /** Lets a frozen server go on; nothing if it is not frozen. */
    void thaw() throws IOException;

    /** Whether it is frozen. */
    boolean isFrozen();

    /** Whether its process is there; any thread may ask, also while a start or stop is under way. */
    boolean isRunning();

    /** Kills one of the server's processes and waits until the server has noticed. */
    void killProcess(long pid) throws IOException;

    /** Puts another certificate where the server looks for it when it is told to reload. */
    void install(ServerCertificate certificate) throws IOException;

    /** What the server wrote last. */
    String logTail();

    /** Takes the server down the quickest way, running or not, and removes all it had. */
    void close() throws IOException;

    /** The same when the JVM ends; for who is taken down by somebody else then, nothing. */
    default void closeAtExit() throws IOException {
        close();
    }
}
