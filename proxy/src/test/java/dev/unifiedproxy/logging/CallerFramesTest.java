package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import org.junit.jupiter.api.Test;

import java.util.Objects;

final class CallerFramesTest {
    private final LoggerContext context = new LoggerContext();
    private final CallerFrames frames = new CallerFrames();

    private LoggingEvent event(String logger, String message, Object... arguments) {
        return new LoggingEvent(
                "", context.getLogger(logger), Level.INFO, message, null, arguments);
    }

    private String here(LoggingEvent event) {
        return Objects.requireNonNull(frames.of(event)).getMethodName();
    }

    private String there(LoggingEvent event) {
        return Objects.requireNonNull(frames.of(event)).getMethodName();
    }

    @Test
    void aMessageWithPlaceholdersHasOnePlace() {
        assertThat(here(event("a", "count {}", 1))).isEqualTo("here");
        assertThat(there(event("a", "count {}", 2))).as("remembered").isEqualTo("here");
    }

    @Test
    void theSameWordsOfAnotherLoggerHaveAPlaceOfTheirOwn() {
        assertThat(here(event("a", "count {}", 1))).isEqualTo("here");
        assertThat(there(event("b", "count {}", 1))).isEqualTo("there");
    }

    @Test
    void aMessageWithoutPlaceholdersIsLookedForEachTime() {
        assertThat(here(event("a", "plain"))).isEqualTo("here");
        assertThat(there(event("a", "plain"))).isEqualTo("there");
    }

    @Test
    void placesAreBounded() {
        for (int i = 0; i < 5000; i++) {
            here(event("a", "message " + i + " {}", i));
        }

        assertThat(there(event("a", "one more {}", 1))).isEqualTo("there");
        assertThat(here(event("a", "one more {}", 1))).as("not remembered").isEqualTo("here");
    }
}
