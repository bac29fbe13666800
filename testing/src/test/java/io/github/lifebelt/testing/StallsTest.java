package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StallsTest {
    private static final Duration LIMIT = Duration.ofMillis(100);

    private volatile boolean busy = true;

    @Test
    void whatThreadsThatComputeWaitForOneAnotherIsAllowedForUntilItIsClosed() {
        Stalls stalls = new Stalls();
        int tooMany = 2 * Runtime.getRuntime().availableProcessors() + 1;
        Stream<Thread> threads = IntStream.range(0, tooMany).mapToObj(number -> new Thread(this::compute));
        threads.forEach(Thread::start);
        try {
            awaitMoreThan(LIMIT.plusMillis(50), stalls);
            stalls.close();
            Duration closed = stalls.allowFor(LIMIT);
            try (Stalls goingOn = new Stalls()) {
                awaitMoreThan(LIMIT.plusMillis(50), goingOn);
            }
            assertThat(stalls.allowFor(LIMIT)).isLessThan(closed.plusMillis(50));
        } finally {
            busy = false;
        }
    }

    private static void awaitMoreThan(Duration allowed, Stalls stalls) {
        await().until(() -> stalls.allowFor(LIMIT).compareTo(allowed) > 0);
    }

    private void compute() {
        while (busy) {
            Thread.onSpinWait();
        }
    }
}
