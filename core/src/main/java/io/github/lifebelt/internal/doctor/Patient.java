package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is examined, and how.
 *
 * @param reading of the connection string
 * @param config of a pool that is there; else null, and made of the reading and the variables
 * @param variables with settings
 * @param replicas instances with a pool each; null for what the pool's settings say
 * @param surge instances more during a roll-out; null for what is usual, or what the settings say
 * @param timeout for the whole
 * @param connects whether anything is sent
 * @param clock this machine's
 */
public record Patient(
        UrlReading reading,
        @Nullable PoolConfig config,
        Map<String, String> variables,
        @Nullable Integer replicas,
        @Nullable Integer surge,
        Duration timeout,
        boolean connects,
        InstantSource clock) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    public static Patient of(UrlReading reading) {
        return new Patient(reading, null, Map.of(), null, null, TIMEOUT, true, InstantSource.system());
    }

    public static Patient of(PoolConfig config) {
        UrlReading reading = new UrlReading(null, List.of(), null, null, config.url(), null);
        return new Patient(reading, config, Map.of(), null, null, TIMEOUT, true, InstantSource.system());
    }

    public Patient settings(Map<String, String> read) {
        return new Patient(reading, config, Map.copyOf(read), replicas, surge, timeout, connects, clock);
    }

    public Patient replicas(int count) {
        return new Patient(reading, config, variables, count, surge, timeout, connects, clock);
    }

    public Patient surge(int count) {
        return new Patient(reading, config, variables, replicas, count, timeout, connects, clock);
    }

    public Patient timeout(Duration limit) {
        return new Patient(reading, config, variables, replicas, surge, limit, connects, clock);
    }

    public Patient withoutConnecting() {
        return new Patient(reading, config, variables, replicas, surge, timeout, false, clock);
    }

    public Patient clock(InstantSource other) {
        return new Patient(reading, config, variables, replicas, surge, timeout, connects, other);
    }

    /**
     * The pool's settings.
     *
     * @throws io.github.lifebelt.ConfigurationException if they cannot be
     */
    PoolConfig settings() {
        if (config != null) {
            return config;
        }
        return ConnectionPool.builder(reading.get()).environment(variables).config();
    }

    /** What counts where the pool's own settings cannot be: its default ones. */
    PoolConfig standard() {
        DatabaseUrl url = reading.get();
        DatabaseUrl.Builder bare = DatabaseUrl.builder(url.dialect())
                .database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(url.sslMode())
                .sslRootCert(url.sslRootCert())
                .options(url.options());
        for (DatabaseUrl.Host host : url.hosts()) {
            if (host.port() == null) {
                bare.host(host.name());
            } else {
                bare.host(host.name(), host.port());
            }
        }
        url.parameters().forEach(bare::parameter);
        return ConnectionPool.builder(bare.build()).config();
    }
}
