package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

class DemoReportTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final DemoReport report =
            new DemoReport(new PrintStream(out, true, StandardCharsets.UTF_8));

    @Test
    void oneCrossFailsTheWhole() {
        report.line(true, "good", "seen");
        assertThat(report.allHeld()).isTrue();
        report.line(false, "bad", "other\n");
        report.finish(Duration.ofMillis(1234));
        assertThat(report.allHeld()).isFalse();
        assertThat(
                        out.toString(StandardCharsets.UTF_8)
                                .lines()
                                .map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "✓ good seen", "✗ bad other?", "", "1 of 2 as expected, in 1.2 s.");
    }

    @Test
    void nothingShownIsNotSuccess() {
        assertThat(report.allHeld()).isFalse();
    }

    @Test
    void masksKeys() {
        assertThat(DemoReport.masked("sk-ant-demo-0123456789abcdef"))
                .isEqualTo("sk-ant-demo-…cdef");
        assertThat(DemoReport.masked("short-key")).isEqualTo("***");
        assertThat(DemoReport.masked("")).isEqualTo("nothing");
    }
}
