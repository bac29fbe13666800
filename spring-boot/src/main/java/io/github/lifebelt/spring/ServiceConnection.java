package io.github.lifebelt.spring;

import org.jspecify.annotations.Nullable;

/**
 * Where a database is, from a bean {@code JdbcConnectionDetails}: Testcontainers' {@code @ServiceConnection}, Docker Compose.
 * Boot's lines have that type in different packages.
 *
 * @param password a secret, so this is not to be printed
 */
record ServiceConnection(
        String jdbcUrl, @Nullable String user, @Nullable String password) {

    /** Gives it, if there is such a bean. */
    @FunctionalInterface
    interface Source {
        @Nullable
        ServiceConnection get();
    }

    @Override
    public String toString() {
        return "ServiceConnection";
    }
}
