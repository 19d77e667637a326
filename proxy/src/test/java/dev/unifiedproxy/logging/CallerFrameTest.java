package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Objects;

final class CallerFrameTest {
    /** The name of this class begins like one of the logging; so its caller is found. */
    @Test
    void passesOverFramesOfTheLogging() {
        StackWalker.StackFrame frame = Objects.requireNonNull(CallerFrame.find());

        assertThat(frame.getClassName()).doesNotStartWith("dev.unifiedproxy.logging.CallerFrame");
    }
}
