package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.internal.jdbc.Physical;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What one outage gives rise to is told once, whoever meets it. */
@Tag("smoke")
class GenerationTest {

    private static final int ROUNDS = 5_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final List<String> told = new ArrayList<>();
    private final Generation generation = new Generation(told::add, () -> {});

    /** For all connections of the pool, since nothing is asked of any. */
    private Connected connected;

    @BeforeEach
    void connect() throws SQLException {
        connected = Connects.open(Servers.get(false));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        connected.close();
        Servers.killSessions(Servers.get(false));
    }

    private Physical made() {
        return new Physical(connected.jdbc(), connected.socket(), generation.current());
    }

    private Physical proven() {
        Physical physical = made();
        generation.proven(physical, generation.current());
        return physical;
    }

    @Test
    void whoeverComesFirstSuspectsAll() {
        Physical lost = proven();
        generation.suspectAll("refused");
        generation.suspect(lost, "reset");
        assertThat(told).containsExactly("refused");
        Physical later = proven();
        generation.suspect(later, "reset");
        generation.suspectAll("refused");
        assertThat(told).containsExactly("refused", "reset");
    }

    @Test
    void aRefusedConnectAndALostConnectionAtOnceAreOneSuspicion() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 1; round <= ROUNDS; round++) {
            Physical lost = proven();
            Future<?> connecting = threads.submit(() -> {
                together.await(30, TimeUnit.SECONDS);
                generation.suspectAll("refused");
                return null;
            });
            Future<?> borrowing = threads.submit(() -> {
                together.await(30, TimeUnit.SECONDS);
                generation.suspect(lost, "reset");
                return null;
            });
            connecting.get(30, TimeUnit.SECONDS);
            borrowing.get(30, TimeUnit.SECONDS);
            assertThat(told).hasSize(round);
        }
    }

    @Test
    void aWriterThatIsFoundAgainCastsDoubtOnAllThatStandAlsoInAnOutage() {
        Physical before = proven();
        generation.suspectAll("refused");
        Physical since = made();
        generation.doubtRoleOfAll("found");
        assertThat(told).containsExactly("refused", "found");
        assertThat(generation.doubtsRoleOf(before)).isTrue();
        assertThat(generation.doubtsRoleOf(since)).isTrue();
        assertThat(generation.trusts(since)).isFalse();
    }
}
