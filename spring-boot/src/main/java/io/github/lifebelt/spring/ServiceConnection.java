package io.github.lifebelt.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Where a database is, from a bean {@code JdbcConnectionDetails}: Testcontainers' {@code @ServiceConnection}, Docker Compose.
 * Boot's lines have that type in different packages.
 *
 * @param password a secret, so this is not to be printed
 */
record ServiceConnection(
        String jdbcUrl, @Nullable String user, @Nullable String password) {

    private static final List<String> TYPES = List.of(
            "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails",
            "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails");

    /** Whether there is such a bean, without making it. */
    static boolean isAmong(ListableBeanFactory beans, @Nullable ClassLoader loader) {
        return TYPES.stream()
                .filter(name -> ClassUtils.isPresent(name, loader))
                .anyMatch(name ->
                        beans.getBeanNamesForType(ClassUtils.resolveClassName(name, loader), true, false).length > 0);
    }

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
