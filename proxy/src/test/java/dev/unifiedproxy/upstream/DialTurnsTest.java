package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

final class DialTurnsTest {
    private final DialTurns turns = new DialTurns();
    private final List<String> began = new ArrayList<>();

    private Runnable take(String container, String name) {
        return turns.take(container, () -> began.add(name));
    }

    private void fill(String container) {
        IntStream.range(0, DialTurns.MAX).forEach(i -> take(container, container + i));
    }

    @Test
    void oneMoreThanMayBeUnderWayWaitsForTheFirstToEnd() {
        fill("a");
        take("a", "late");
        take("a", "later");
        assertThat(began).hasSize(DialTurns.MAX).doesNotContain("late");
        turns.over("a");
        assertThat(began).endsWith("late");
        turns.over("a");
        assertThat(began).endsWith("later");
    }

    @Test
    void anotherContainerDoesNotWait() {
        fill("a");
        take("b", "other");
        assertThat(began).endsWith("other");
    }

    @Test
    void whoeverGivesUpWhileWaitingIsPassedOver() {
        fill("a");
        Runnable giveUp = take("a", "gone");
        take("a", "next");
        giveUp.run();
        turns.over("a");
        assertThat(began).endsWith("next").doesNotContain("gone");
        giveUp.run();
    }

    @Test
    void aTurnThatNeedsNoDialIsOverAtOnce() {
        fill("a");
        turns.take("a", () -> !began.add("pooled"));
        take("a", "dials");
        turns.over("a");
        assertThat(began).endsWith("pooled", "dials");
    }

    @Test
    void aThousandThatFailAtOnceDoNotNest() {
        fill("a");
        for (int i = 0; i < 100_000; i++) {
            turns.take(
                    "a",
                    () -> {
                        turns.over("a"); // it fails before it has properly begun
                        return began.add("failed");
                    });
        }
        turns.over("a");
        assertThat(began).hasSize(DialTurns.MAX + 100_000);
        take("a", "again");
        assertThat(began).endsWith("again");
    }

    @Test
    void afterAllAreOverNothingIsKept() {
        fill("a");
        IntStream.range(0, DialTurns.MAX).forEach(i -> turns.over("a"));
        assertThatThrownBy(() -> turns.over("a")).hasMessageContaining("No dial of a");
        turns.take("b", () -> false);
        assertThatThrownBy(() -> turns.over("b")).hasMessageContaining("No dial of b");
    }
}
