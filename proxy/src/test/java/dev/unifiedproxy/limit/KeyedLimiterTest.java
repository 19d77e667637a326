package dev.unifiedproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

final class KeyedLimiterTest {
    private final AtomicLong nanos = new AtomicLong(17);

    private KeyedLimiter<String> limiter(int capacity, int perSecond, int maxKeys) {
        return new KeyedLimiter<>(
                new KeyedLimiter.Settings(
                        capacity, perSecond, Duration.ofSeconds(1), Duration.ofMinutes(5), maxKeys),
                nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aBurstPassesAndThenTheRefill() {
        KeyedLimiter<String> limiter = limiter(10, 10, 100);
        for (int i = 9; i >= 0; i--) {
            assertThat(limiter.take("uid:0")).isEqualTo(new Admission.Admitted(i));
        }
        assertThat(limiter.take("uid:0"))
                .isEqualTo(new Admission.Exhausted(Duration.ofMillis(100)));
        pass(Duration.ofMillis(99));
        assertThat(limiter.take("uid:0")).isInstanceOf(Admission.Exhausted.class);
        pass(Duration.ofMillis(1));
        assertThat(limiter.take("uid:0")).isEqualTo(new Admission.Admitted(0));
        pass(Duration.ofMinutes(1));
        assertThat(limiter.remaining("uid:0")).isEqualTo(10);
    }

    @Test
    void theRefillMayTakeLongerThanASecond() {
        KeyedLimiter<String> limiter =
                new KeyedLimiter<>(
                        new KeyedLimiter.Settings(
                                2, 2, Duration.ofMinutes(1), Duration.ofMinutes(5), 8),
                        nanos::get);
        limiter.take("a");
        limiter.take("a");
        assertThat(limiter.take("a")).isEqualTo(new Admission.Exhausted(Duration.ofSeconds(30)));
        pass(Duration.ofSeconds(30));
        assertThat(limiter.take("a")).isEqualTo(new Admission.Admitted(0));
    }

    @Test
    void keysDoNotShare() {
        KeyedLimiter<String> limiter = limiter(1, 1, 100);
        assertThat(limiter.take("a")).isInstanceOf(Admission.Admitted.class);
        assertThat(limiter.take("a")).isInstanceOf(Admission.Exhausted.class);
        assertThat(limiter.take("b")).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void anIdleBucketIsForgottenAndLookingDoesNotKeepIt() {
        KeyedLimiter<String> limiter = limiter(1000, 1, 100);
        for (int i = 0; i < 900; i++) {
            limiter.take("a");
        }
        pass(Duration.ofSeconds(299));
        assertThat(limiter.remaining("a")).isEqualTo(100 + 299);
        pass(Duration.ofSeconds(2));
        assertThat(limiter.remaining("a")).isEqualTo(1000);
    }

    @Test
    void theNumberOfBucketsIsBounded() {
        KeyedLimiter<Integer> limiter =
                new KeyedLimiter<>(
                        new KeyedLimiter.Settings(
                                1, 1, Duration.ofSeconds(1), Duration.ofMinutes(5), 8),
                        nanos::get);
        for (int i = 0; i < 1000; i++) {
            limiter.take(i);
        }
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += limiter.remaining(i) == 0 ? 1 : 0;
        }
        assertThat(kept).isBetween(1, 8);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "100,1", "1000,2", "1001,2", "2999,3"})
    void retryAfterIsNeverTooEarly(long waitMillis, long seconds) {
        assertThat(new Admission.Exhausted(Duration.ofMillis(waitMillis)).retryAfterSeconds())
                .isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,1,1", "1,0,1,1,1", "1,1,0,1,1", "1,1,1,0,1", "1,1,1,1,0"})
    void settingsOutOfBoundsAreRefused(
            int capacity, int refill, int period, int idle, int maxKeys) {
        assertThatThrownBy(
                        () ->
                                new KeyedLimiter.Settings(
                                        capacity,
                                        refill,
                                        Duration.ofSeconds(period),
                                        Duration.ofSeconds(idle),
                                        maxKeys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: > 0)");
    }
}
