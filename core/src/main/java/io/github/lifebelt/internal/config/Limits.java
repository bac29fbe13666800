package io.github.lifebelt.internal.config;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolConfig;
import java.sql.Connection;
import java.time.Duration;

/** What a setting may be. Refuses the rest with the setting's name, the value and the limits. */
public final class Limits {

    /** More connections than any server gives one client. */
    public static final int MAX_POOL = 10_000;

    /** No wait of a pool is meant to be longer. */
    public static final Duration DAY = Duration.ofDays(1);

    private Limits() {}

    public static int count(String setting, int value, int min, int max) {
        if (value < min || value > max) {
            throw refused(setting, value, min + " to " + max);
        }
        return value;
    }

    public static Duration between(String setting, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refused(setting, Durations.text(value), Durations.text(min) + " to " + Durations.text(max));
        }
        return value;
    }

    public static Duration zeroOrAtLeast(String setting, Duration value, Duration min) {
        Duration max = Duration.ofDays(365);
        if (!value.isZero() && (value.compareTo(min) < 0 || value.compareTo(max) > 0)) {
            throw refused(setting, Durations.text(value), "0 (off), or " + Durations.text(min) + " to 365d");
        }
        return value;
    }

    public static String name(String setting, String value) {
        if (value.isBlank()) {
            throw refused(setting, "'" + value + "'", "a text that is not empty");
        }
        return value;
    }

    public static int isolation(String setting, int level) {
        return switch (level) {
            case Connection.TRANSACTION_READ_UNCOMMITTED,
                    Connection.TRANSACTION_READ_COMMITTED,
                    Connection.TRANSACTION_REPEATABLE_READ,
                    Connection.TRANSACTION_SERIALIZABLE -> level;
            default -> throw refused(setting, level, "a TRANSACTION_ level of java.sql.Connection: 1, 2, 4 or 8");
        };
    }

    /** Settings that are right one by one and wrong together. */
    public static void checkTogether(PoolConfig config) {
        if (config.minIdle() > config.maxSize()) {
            throw refused("min-idle", config.minIdle(), "at most max-size, which is " + config.maxSize());
        }
        if (!config.recycleAfter().isZero() && config.keepalive().compareTo(config.recycleAfter()) >= 0) {
            throw refused(
                    "keepalive",
                    Durations.text(config.keepalive()),
                    "less than recycle-after, which is " + Durations.text(config.recycleAfter()) + ", or 0 (off)");
        }
        if (!config.recycleAfter().isZero() && config.leakDetection().compareTo(config.recycleAfter()) > 0) {
            throw refused(
                    "leak-detection",
                    Durations.text(config.leakDetection()),
                    "at most recycle-after, which is " + Durations.text(config.recycleAfter()));
        }
    }

    public static ConfigurationException refused(String setting, Object value, String allowed) {
        return new ConfigurationException("INVALID_SETTING", setting + " is " + value + "; allowed: " + allowed);
    }
}
