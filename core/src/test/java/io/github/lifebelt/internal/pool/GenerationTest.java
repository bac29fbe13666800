package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.internal.jdbc.Physical;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What one outage gives rise to is told once, whoever meets it. */
@Tag("smoke")
class GenerationTest {

    private static final int ROUNDS = 5_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final List<String> told = new ArrayList<>();
    private final Generation generation = new Generation(told::add, () -> {});

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Physical connected() {
        Physical physical = new Physical(Quiet.connection(), null, generation.current());
        generation.proven(physical, generation.current());
        return physical;
    }

    @Test
    void whoeverComesFirstSuspectsAll() {
        Physical lost = connected();
        generation.suspectAll("refused");
        generation.suspect(lost, "reset");
        assertThat(told).containsExactly("refused");
        Physical later = connected();
        generation.suspect(later, "reset");
        generation.suspectAll("refused");
        assertThat(told).containsExactly("refused", "reset");
    }

    @Test
    void aRefusedConnectAndALostConnectionAtOnceAreOneSuspicion() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 1; round <= ROUNDS; round++) {
            Physical lost = connected();
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
        Physical before = connected();
        generation.suspectAll("refused");
        Physical since = new Physical(Quiet.connection(), null, generation.current());
        generation.doubtRoleOfAll("found");
        assertThat(told).containsExactly("refused", "found");
        assertThat(generation.doubtsRoleOf(before)).isTrue();
        assertThat(generation.doubtsRoleOf(since)).isTrue();
        assertThat(generation.trusts(since)).isFalse();
    }
}
