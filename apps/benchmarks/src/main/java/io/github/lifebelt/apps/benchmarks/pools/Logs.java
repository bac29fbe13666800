package io.github.lifebelt.apps.benchmarks.pools;

import java.util.logging.LogManager;

/** What pools and drivers have to say while databases die on purpose. */
public final class Logs {

    /** The JVM option that makes them silent in another one. */
    public static final String OFF = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off";

    private Logs() {}

    /** Silences them all; only before the first logger is made. */
    public static void off() {
        String[] option = OFF.substring("-D".length()).split("=", 2);
        System.setProperty(option[0], option[1]);
        // pgjdbc's, Tomcat's, and c3p0's where it is not told otherwise.
        System.setProperty("com.mchange.v2.log.MLog", "com.mchange.v2.log.slf4j.Slf4jMLog");
        LogManager.getLogManager().reset();
    }
}
