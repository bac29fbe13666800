package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Sets a pool up by what Boot's properties say. */
final class PoolMaker {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMaker.class);

    private static final String DRIVER = "spring.datasource.driver-class-name";

    private PoolMaker() {}

    /** A builder with everything but beans; says in the log what was taken differently from how it was written. */
    static PoolBuilder builder(Environment environment, @Nullable ServiceConnection service) {
        return builder(environment, service, LOG);
    }

    /** The same for who looks at an application of which all that has been said. */
    static PoolBuilder again(Environment environment) {
        return builder(environment, null, NOPLogger.NOP_LOGGER);
    }

    private static PoolBuilder builder(Environment environment, @Nullable ServiceConnection service, Logger log) {
        HikariSettings hikari = HikariSettings.read(Binder.get(environment));
        UrlReading reading = PoolTarget.read(environment, hikari, service);
        DatabaseUrl url = PoolTarget.complete(reading.get(), environment, hikari, service);
        if (reading.source() != null) {
            log.info("{} by {}", url.target(), reading.source());
        }
        reading.diagnoses().forEach(one -> log.warn("[{}] {}: {}", one.code(), url.target(), one.message()));
        PoolBuilder builder = ConnectionPool.builder(url);
        String name = PoolTarget.text(environment, "spring.datasource.name");
        if (name != null) {
            builder.name(name);
        }
        hikari.applyTo(builder, url, LifebeltSettings.read(environment));
        if ("lazy".equalsIgnoreCase(environment.getProperty("spring.datasource.connection-fetch"))) {
            hikari.differently("spring.datasource.connection-fetch is not used, as a borrow costs no round trip");
        }
        String driver = PoolTarget.text(environment, DRIVER);
        if (driver != null && !HikariKey.isDriver(url.dialect(), driver)) {
            hikari.differently(DRIVER + " " + driver + " is not used, as " + HikariKey.DRIVER_CLASS_NAME.remark());
        }
        HikariKey.unknown(environment)
                .forEach(key -> hikari.differently(key + " is not used, as there is no such setting"));
        List<String> differently = hikari.differently();
        if (!differently.isEmpty()) {
            log.warn(
                    "{}: not all of {} could be taken over as it is: {}",
                    url.target(),
                    HikariSettings.PREFIX,
                    String.join("; ", differently).replace("`", ""));
        }
        return builder;
    }
}
