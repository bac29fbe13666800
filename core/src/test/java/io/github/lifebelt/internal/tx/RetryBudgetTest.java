package io.github.lifebelt.internal.tx;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many retries a pool has. */
class RetryBudgetTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final RetryBudget budget = new RetryBudget(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private int takeAll() {
        int taken = 0;
        while (budget.take()) {
            taken++;
        }
        return taken;
    }

    @Test
    void itBeginsWithAHundred() {
        assertThat(takeAll()).isEqualTo(100);
        assertThat(budget.take()).isFalse();
    }

    @Test
    void eachSecondBringsTen() {
        takeAll();
        pass(Duration.ofSeconds(1));
        assertThat(takeAll()).isEqualTo(10);
        pass(Duration.ofMillis(99));
        assertThat(takeAll()).isZero();
        pass(Duration.ofMillis(1));
        assertThat(takeAll()).isOne();
    }

    @Test
    void fiveSuccessesBringOne() {
        takeAll();
        for (int i = 0; i < 4; i++) {
            budget.succeeded();
        }
        assertThat(budget.take()).isFalse();
        budget.succeeded();
        assertThat(takeAll()).isOne();
    }

    @Test
    void itHoldsNoMoreThanAHundred() {
        for (int i = 0; i < 1_000; i++) {
            budget.succeeded();
        }
        pass(Duration.ofDays(400));
        assertThat(takeAll()).isEqualTo(100);
        pass(Duration.ofDays(400));
        assertThat(takeAll()).isEqualTo(100);
    }

    @Test
    void manySmallStepsOfTimeBringAsMuchAsALargeOne() {
        takeAll();
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofMillis(1));
            budget.take();
        }
        // Each was taken as soon as it was there.
        assertThat(takeAll()).isZero();
        pass(Duration.ofSeconds(2));
        assertThat(takeAll()).isEqualTo(20);
    }
}
