package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Objects;

final class CallerFrameTest {
    @Test
    void passesOverFramesOfTheLogging() {
        StackWalker.StackFrame frame = Objects.requireNonNull(CallerFrame.find());

        assertThat(frame.getClassName()).isEqualTo(CallerFrameTest.class.getName());
        assertThat(frame.getMethodName()).isEqualTo("passesOverFramesOfTheLogging");
    }
}
