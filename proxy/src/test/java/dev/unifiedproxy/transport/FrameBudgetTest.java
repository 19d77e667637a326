package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class FrameBudgetTest {
    private static final int PER_WINDOW = 400;

    @Test
    void emptyAfterSoManyInOneWindow() {
        FrameBudget budget = new FrameBudget(0);
        for (int i = 0; i < PER_WINDOW; i++) {
            assertThat(budget.spend(i)).isTrue();
        }
        assertThat(budget.spend(PER_WINDOW)).isFalse();
    }

    @Test
    void fullAgainInTheNextWindow() {
        FrameBudget budget = new FrameBudget(0);
        for (int i = 0; i <= PER_WINDOW; i++) {
            budget.spend(0);
        }
        assertThat(budget.spend(Duration.ofSeconds(9).toNanos())).isFalse();
        assertThat(budget.spend(Duration.ofSeconds(11).toNanos())).isTrue();
    }

    @Test
    void framesOfMessagesEarnMore() {
        FrameBudget budget = new FrameBudget(0);
        for (int i = 0; i < 10; i++) {
            budget.earn();
        }
        for (int i = 0; i < PER_WINDOW + 20; i++) {
            assertThat(budget.spend(0)).isTrue();
        }
        assertThat(budget.spend(0)).isFalse();
    }

    @Test
    void savingsAreBounded() {
        FrameBudget budget = new FrameBudget(0);
        for (int i = 0; i < 1_000_000; i++) {
            budget.earn();
        }
        int spent = 0;
        while (budget.spend(0)) {
            spent++;
        }
        assertThat(spent).isEqualTo(100 * PER_WINDOW);
    }
}
