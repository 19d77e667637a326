package dev.unifiedproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100, 60);

    @Test
    void aContainerTakesItsShareAndNoMore() {
        assertThat(budget.take("a", 60)).isTrue();
        assertThat(budget.take("a", 1)).isFalse();
        assertThat(budget.taken()).isEqualTo(60);
        assertThat(budget.take("b", 40)).isTrue();
    }

    @Test
    void allTogetherTakeNoMoreThanThereIs() {
        assertThat(budget.take("a", 60)).isTrue();
        assertThat(budget.take("b", 41)).isFalse();
        assertThat(budget.take("b", 40)).isTrue();
        assertThat(budget.take("c", 1)).isFalse();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        budget.take("a", 40);
        budget.take("a", 20);
        budget.giveBack("a", 20);
        assertThat(budget.take("a", 20)).isTrue();
        budget.giveBack("a", 60);
        assertThat(budget.taken()).isZero();
        assertThat(budget.take("a", 60)).isTrue();
    }

    @Test
    void boundsAreAboveNothing() {
        assertThatThrownBy(() -> new ByteBudget(0, 1)).hasMessageContaining("expected: > 0");
        assertThatThrownBy(() -> new ByteBudget(1, 0)).hasMessageContaining("expected: > 0");
    }
}
