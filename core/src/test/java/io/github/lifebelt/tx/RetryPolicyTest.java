package io.github.lifebelt.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is run again, how often and after what pause. */
class RetryPolicyTest {

    private static Duration longest(RetryPolicy policy, int attempts) {
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 2_000; i++) {
            Duration pause = policy.pause(attempts);
            longest = pause.compareTo(longest) > 0 ? pause : longest;
        }
        return longest;
    }

    @Test
    void pausesAreRandomOverTheirLengthWhichDoublesUpToTheLongest() {
        RetryPolicy policy = RetryPolicy.conflicts().backoff(Duration.ofMillis(10), Duration.ofMillis(60));
        // The greatest of so many is never far below the limit.
        assertThat(longest(policy, 1)).isBetween(Duration.ofMillis(9), Duration.ofMillis(10));
        assertThat(longest(policy, 2)).isBetween(Duration.ofMillis(18), Duration.ofMillis(20));
        assertThat(longest(policy, 3)).isBetween(Duration.ofMillis(36), Duration.ofMillis(40));
        assertThat(longest(policy, 4)).isBetween(Duration.ofMillis(54), Duration.ofMillis(60));
        assertThat(longest(policy, 1_000)).isBetween(Duration.ofMillis(54), Duration.ofMillis(60));
    }

    @Test
    void theGreatestPausesAreBoundedToo() {
        RetryPolicy policy = RetryPolicy.conflicts().backoff(Duration.ofDays(1), Duration.ofDays(1));
        assertThat(longest(policy, 1)).isBetween(Duration.ofHours(20), Duration.ofDays(1));
        assertThat(longest(policy, 1_000)).isBetween(Duration.ofHours(20), Duration.ofDays(1));
    }

    @Test
    void zeroIsNoPause() {
        RetryPolicy policy = RetryPolicy.conflicts().backoff(Duration.ZERO, Duration.ZERO);
        assertThat(longest(policy, 1)).isZero();
        assertThat(longest(policy, 40)).isZero();
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        RetryPolicy policy = RetryPolicy.conflicts();
        assertThatThrownBy(() -> policy.maxAttempts(0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> policy.maxAttempts(1_001)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> policy.backoff(Duration.ofMillis(-1), Duration.ZERO))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> policy.backoff(Duration.ofMillis(2), Duration.ofMillis(1)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("allowed: 2ms");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"ROLLBACK_ONLY", "INTERRUPTED", "SWALLOWED_ERROR"})
    void whatTheCallerHasDecidedIsNoReason(Reason reason) {
        assertThatThrownBy(() -> RetryPolicy.conflicts().alsoOn(reason)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void attemptsAreCountedWithTheFirst() {
        RetryPolicy policy = RetryPolicy.conflicts().maxAttempts(3);
        assertThat(policy.allows(Reason.CONFLICT, 2)).isTrue();
        assertThat(policy.allows(Reason.CONFLICT, 3)).isFalse();
        assertThat(policy.allows(Reason.STALE_STATEMENT, 1)).isTrue();
        assertThat(policy.allows(Reason.STALE_STATEMENT, 2)).isFalse();
        assertThat(policy.allows(Reason.CONNECTION_LOST, 1)).isFalse();
        assertThat(policy.alsoOn(Reason.CONNECTION_LOST).allows(Reason.CONNECTION_LOST, 1))
                .isTrue();
        assertThat(RetryPolicy.none().alsoOn(Reason.CONFLICT).allows(Reason.CONFLICT, 1))
                .isFalse();
    }

    @Test
    void itSaysWhatItDoes() {
        assertThat(RetryPolicy.none()).hasToString("RetryPolicy[none]");
        assertThat(RetryPolicy.conflicts()).asString().contains("10 attempts").contains("DEADLOCK");
    }
}
