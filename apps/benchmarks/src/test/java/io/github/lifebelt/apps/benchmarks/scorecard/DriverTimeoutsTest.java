package io.github.lifebelt.apps.benchmarks.scorecard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.testing.FaultProxy;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriverTimeoutsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource({
        "POSTGRES, connectTimeout=1&loginTimeout=1&socketTimeout=1",
        "MYSQL, connectTimeout=1000&socketTimeout=1000",
        "MARIADB, connectTimeout=1000&socketTimeout=1000"
    })
    void eachDriverHasItsOwnUnit(Database kind, String parameters) {
        assertThat(DriverTimeouts.parameters(kind, TIMEOUT)).isEqualTo(parameters);
        assertThat(DriverTimeouts.on(kind, endpoint("jdbc:x://h/d"), TIMEOUT).jdbcUrl())
                .isEqualTo("jdbc:x://h/d?" + parameters);
        assertThat(DriverTimeouts.on(kind, endpoint("jdbc:x://h/d?a=b"), TIMEOUT)
                        .jdbcUrl())
                .isEqualTo("jdbc:x://h/d?a=b&" + parameters);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(60)
    void aQueryThatNobodyAnswersEnds(boolean tls) throws Exception {
        try (Servers servers = new Servers()) {
            FaultProxy proxy = servers.proxy(tls);
            Endpoint endpoint =
                    DriverTimeouts.on(servers.kind(), servers.endpoint(tls, proxy), TIMEOUT.multipliedBy(5));
            try (Connection connection = endpoint.connect()) {
                proxy.blackhole();
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Work.ask(connection))
                        .satisfies(
                                e -> assertThat(Throwables.getRootCause(e)).isInstanceOf(SocketTimeoutException.class));
            }
        }
    }

    private static Endpoint endpoint(String jdbcUrl) {
        return new Endpoint("postgresql://u:p@h/d", jdbcUrl, "u", "p");
    }
}
