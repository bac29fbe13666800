package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.FaultProxy;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A name that moves while the server it left goes on answering. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback has only one address of IPv4")
class AddressWatchTest extends MovingNameTest {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private ConnectionPool open(int maxSize) {
        return open(byName(host).maxSize(maxSize).dnsCheck(PERIOD));
    }

    @Test
    void idleConnectionsFollowAtOnceAndThoseInUseWhenTheyComeBack() throws Exception {
        ConnectionPool pool = open(3);
        fill(pool, 3);
        try (FaultProxy forwarder = forwarder()) {
            try (Connection busy = pool.getConnection()) {
                long session = sessionId(busy);
                host.moveTo(two);
                // Nobody borrows: the background replaces the two that are idle.
                await().until(() -> forwarder.accepted() == 2);
                assertThat(sessionId(busy)).isEqualTo(session);
            }
            fill(pool, 3);
            assertThat(forwarder.accepted()).isEqualTo(3);
            assertThat(pool.stats().total()).isEqualTo(3);
        }
    }

    @Test
    void ifDnsDoesNotAnswerAllStay() throws Exception {
        ConnectionPool pool = open(2);
        fill(pool, 2);
        host.lose();
        long lookUps = host.lookUps();
        await().until(() -> host.lookUps() >= lookUps + 3);
        fill(pool, 2);
        assertThat(pool.stats().connects()).isEqualTo(2);
    }

    @Test
    void aNameThatGoesRoundIsNotFollowed() throws Exception {
        ConnectionPool pool = open(1);
        try (FaultProxy forwarder = forwarder()) {
            fill(pool, 1);
            host.moveTo(two);
            await().until(() -> forwarder.accepted() == 1);
            // Just after a look, so that the next one is later than the move.
            long before = host.lookUps();
            await().until(() -> host.lookUps() > before);
            long lookUps = host.lookUps();
            host.moveTo(one);
            // The watch sees the first address again and ends; nothing is asked from then on.
            await().until(() -> host.lookUps() == lookUps + 1);
            try (Connection connection = pool.getConnection()) {
                assertThat(query(connection, "select 1")).isEqualTo("1");
            }
            await().during(PERIOD.multipliedBy(3)).until(() -> host.lookUps() == lookUps + 1);
            assertThat(pool.stats().connects()).isEqualTo(2);
        }
    }
}
