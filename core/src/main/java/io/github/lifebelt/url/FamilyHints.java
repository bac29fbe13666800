package io.github.lifebelt.url;

import io.github.lifebelt.internal.config.Dialects;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What tells PostgreSQL from MySQL where a format does not. */
final class FamilyHints {

    static final String POSTGRES = "postgresql";
    static final String MYSQL = "mysql";

    private FamilyHints() {}

    static @Nullable String byHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.contains(".postgres.") || lower.contains("neon.tech")) {
            return POSTGRES;
        }
        return lower.contains(".mysql.") || lower.contains("mariadb.") ? MYSQL : null;
    }

    /** The standard ports, and those that people take for a second server. */
    static @Nullable String byPort(String port) {
        return switch (port.trim()) {
            case "5432", "5433", "6432" -> POSTGRES;
            case "3306", "3307" -> MYSQL;
            default -> null;
        };
    }

    /** Who has one dialect has one kind of database. */
    static @Nullable String byPresence() {
        List<String> present = Dialects.names();
        return present.size() == 1 ? present.get(0) : null;
    }
}
