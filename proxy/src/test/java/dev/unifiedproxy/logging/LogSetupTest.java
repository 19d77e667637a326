package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

final class LogSetupTest {
    private static final Logger LOG = LoggerFactory.getLogger(LogSetupTest.class);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private List<String> lines() {
        return out.toString(StandardCharsets.ISO_8859_1).lines().toList();
    }

    private static LogSettings settings(Level level, LogSettings.Format format, boolean all) {
        return new LogSettings(level, format, all, all);
    }

    @Test
    void jsonLineSaysWhereItWasWritten() {
        try (LogSetup setup = LogSetup.start(LogSettings.DEFAULT, out)) {
            LOG.atInfo().addKeyValue("request_id", "r-1").log("Injected {} for {}", "a", "b");
            LOG.info("plain {}", 1);
            assertThat(setup.dropped()).isZero();
        }

        assertThat(lines()).hasSize(2);
        for (String line : lines()) {
            JsonNode read = new JsonMapper().readTree(line);
            assertThat(read.get("location").asString())
                    .matches("LogSetupTest\\.java:\\d+:jsonLineSaysWhereItWasWritten");
            assertThat(read.get("timestamp").asString())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            assertThat(read.get("logger").asString()).isEqualTo("logging.LogSetupTest");
        }
        assertThat(lines().getFirst())
                .contains("\"message\":\"Injected a for b\",\"request_id\":\"r-1\",\"location\"");
    }

    @Test
    void textLineWithoutTimeAndLocation() {
        try (LogSetup setup =
                LogSetup.start(settings(Level.INFO, LogSettings.Format.TEXT, false), out)) {
            LOG.warn("hello");
            assertThat(setup.dropped()).isZero();
        }

        assertThat(lines()).containsExactly("WARNING [logging.LogSetupTest] [-/-] hello");
    }

    @ParameterizedTest
    @CsvSource({"TRACE,5", "DEBUG,4", "INFO,3", "WARN,2", "ERROR,1"})
    void levelIsTheLowestThatIsLogged(Level level, int expected) {
        LogSetup setup = LogSetup.start(settings(level, LogSettings.Format.JSON, false), out);
        LOG.trace("m");
        LOG.debug("m");
        LOG.info("m");
        LOG.warn("m");
        LOG.error("m");
        LoggerFactory.getLogger("io.netty.handler").debug("not even at TRACE");
        setup.close();

        assertThat(lines()).hasSize(expected);
        LOG.error("after the end");
        assertThat(lines()).hasSize(expected);
    }

    @Test
    void argumentsAreReadWhenTheyAreLogged() {
        LogSetup setup = LogSetup.start(LogSettings.DEFAULT, out);
        StringBuilder changing = new StringBuilder("before");
        LOG.info("value {}", changing);
        changing.replace(0, 6, "after!");
        setup.close();

        assertThat(lines()).singleElement().asString().contains("value before");
    }

    @Test
    void secondStartReplacesTheFirst() {
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        LogSetup first = LogSetup.start(LogSettings.DEFAULT, out);
        LogSetup again = LogSetup.start(LogSettings.DEFAULT, second);
        LOG.info("m");
        again.close();
        first.close();

        assertThat(lines()).isEmpty();
        assertThat(second.size()).isPositive();
    }
}
