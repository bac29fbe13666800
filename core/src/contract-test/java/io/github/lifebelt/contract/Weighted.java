package io.github.lifebelt.contract;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Random;

/** Something that happens at random, some more often than others. */
interface Weighted {

    /** How often beside the others. */
    int weight();

    /** One of them. */
    static <T extends Weighted> T next(T[] all, Random random) {
        int total = 0;
        for (T one : all) {
            total += one.weight();
        }
        int left = random.nextInt(total);
        for (T one : all) {
            left -= one.weight();
            if (left < 0) {
                return one;
            }
        }
        throw new AssertionError("the weights add up");
    }

    /** Lets a random time go by. */
    static void pass(Random random, int mostMillis) {
        long begin = System.nanoTime();
        int millis = random.nextInt(mostMillis);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Duration.ofNanos(System.nanoTime() - begin).toMillis() >= millis);
    }
}
