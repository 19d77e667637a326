package dev.unifiedproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The buckets of rules ({@code Ticks}: time is the test's). */
final class RuleLimiterTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong(1);
    private final RuleLimiter limiter = new RuleLimiter(100, now::get);

    private static RuleLimiter.Key key(String container, String rule) {
        return new RuleLimiter.Key(container, rule, 2, MINUTE);
    }

    private boolean admitted(RuleLimiter.Key key) {
        return limiter.take(key) instanceof Admission.Admitted;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void aRuleLetsSoManyThroughAndSaysWhenTheNextMayCome() {
        assertThat(limiter.take(key("a", "r"))).isEqualTo(new Admission.Admitted(1));
        assertThat(admitted(key("a", "r"))).isTrue();
        assertThat(limiter.take(key("a", "r")))
                .isEqualTo(new Admission.Exhausted(Duration.ofSeconds(30)));
        pass(Duration.ofSeconds(30));
        assertThat(admitted(key("a", "r"))).isTrue();
        assertThat(admitted(key("a", "r"))).isFalse();
    }

    @Test
    void containersAndRulesHaveBucketsOfTheirOwn() {
        admitted(key("a", "r"));
        admitted(key("a", "r"));
        assertThat(admitted(key("a", "r"))).isFalse();
        assertThat(admitted(key("b", "r"))).isTrue();
        assertThat(admitted(key("a", "s"))).isTrue();
    }

    @Test
    void aRateThatWasChangedIsAnother() {
        admitted(key("a", "r"));
        admitted(key("a", "r"));
        assertThat(admitted(new RuleLimiter.Key("a", "r", 3, MINUTE))).isTrue();
    }

    @Test
    void forgettingGivesNothingAway() {
        admitted(key("a", "r"));
        admitted(key("a", "r"));
        pass(MINUTE.minusNanos(1));
        assertThat(admitted(key("a", "r"))).isTrue();
        assertThat(admitted(key("a", "r"))).isFalse();
        pass(MINUTE);
        assertThat(limiter.take(key("a", "r"))).isEqualTo(new Admission.Admitted(1));
    }
}
