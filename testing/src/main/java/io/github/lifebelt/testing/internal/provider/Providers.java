package io.github.lifebelt.testing.internal.provider;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which provider serves: the one asked for, or the first that can. */
public final class Providers {
    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);
    private static final String PROPERTY = "lifebelt.testing.provider";
    private static final String VARIABLE = "LIFEBELT_TEST_PROVIDER";
    private static final List<ServerProvider> ORDER =
            List.of(ServerProvider.NAMED, ServerProvider.TESTCONTAINERS, ServerProvider.EMBEDDED);
    private static final Map<ServerProvider, Provider> ALL = new EnumMap<>(Map.of(
            ServerProvider.NAMED, new NamedServers(),
            ServerProvider.TESTCONTAINERS, new ContainerServers(),
            ServerProvider.EMBEDDED, new EmbeddedServers()));
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Providers() {}

    /**
     * What was chosen.
     *
     * @param product what it will be
     * @param kind never {@link ServerProvider#AUTOMATIC}
     * @param provider it
     */
    public record Choice(DatabaseProduct product, ServerProvider kind, Provider provider) {}

    /**
     * Chooses, and says so in one line, once for each outcome.
     *
     * @throws IllegalStateException if what was asked for cannot be had
     */
    public static Choice choose(DatabaseProduct product, ServerProvider asked) {
        ServerProvider wanted = asked == ServerProvider.AUTOMATIC ? fromSettings() : asked;
        return choose(product, asked, wanted, Providers::provider);
    }

    /** With other settings and providers than this JVM's. */
    static Choice choose(
            DatabaseProduct product,
            ServerProvider asked,
            ServerProvider wanted,
            Function<ServerProvider, Provider> providers) {
        if (asked != ServerProvider.AUTOMATIC) {
            return only(product, asked, "the test asks for it", providers.apply(asked));
        }
        if (wanted != ServerProvider.AUTOMATIC) {
            Choice standIn = standIn(product, wanted, providers.apply(wanted));
            return standIn != null
                    ? standIn
                    : only(product, wanted, PROPERTY + " or " + VARIABLE + " says so", providers.apply(wanted));
        }
        StringBuilder others = new StringBuilder();
        for (ServerProvider kind : ORDER) {
            Provider provider = providers.apply(kind);
            String obstacle = provider.obstacle(product);
            if (obstacle == null) {
                return say(product, kind, others.length() == 0 ? "it is first" : "as " + others, provider);
            }
            Choice standIn = standIn(product, kind, provider);
            if (standIn != null) {
                return standIn;
            }
            others.append(others.length() == 0 ? "" : " and ").append(obstacle);
        }
        throw new IllegalStateException("No " + product + " server can be had here: " + others);
    }

    /** MariaDB where MySQL's programs do not run here but MariaDB's do, which is said; else null. */
    private static @Nullable Choice standIn(DatabaseProduct product, ServerProvider kind, Provider provider) {
        if (product != DatabaseProduct.MYSQL || kind != ServerProvider.EMBEDDED) {
            return null;
        }
        String obstacle = provider.obstacle(product);
        if (obstacle == null || provider.obstacle(DatabaseProduct.MARIADB) != null) {
            return null;
        }
        return say(DatabaseProduct.MARIADB, kind, "in the place of " + product + ", because " + obstacle, provider);
    }

    private static Choice only(DatabaseProduct product, ServerProvider kind, String why, Provider provider) {
        String obstacle = provider.obstacle(product);
        if (obstacle != null) {
            throw new IllegalStateException(
                    "No " + product + " server can be had from " + kind + ", and " + why + ": " + obstacle);
        }
        return say(product, kind, why, provider);
    }

    private static Choice say(DatabaseProduct product, ServerProvider kind, String why, Provider provider) {
        String line = product + " comes from " + kind + ": " + why;
        if (SAID.add(line)) {
            LOG.info("{}", line);
        }
        return new Choice(product, kind, provider);
    }

    private static Provider provider(ServerProvider kind) {
        Provider provider = ALL.get(kind);
        if (provider == null) {
            throw new IllegalStateException("There is no provider " + kind);
        }
        return provider;
    }

    private static ServerProvider fromSettings() {
        @Nullable String said = System.getProperty(PROPERTY, System.getenv(VARIABLE));
        if (said == null || said.isBlank()) {
            return ServerProvider.AUTOMATIC;
        }
        try {
            return ServerProvider.valueOf(said.trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    PROPERTY + " or " + VARIABLE + " is '" + said + "', which is none of "
                            + Arrays.toString(ServerProvider.values()).toLowerCase(Locale.ROOT),
                    e);
        }
    }
}
