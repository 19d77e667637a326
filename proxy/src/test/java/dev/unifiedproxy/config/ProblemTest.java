package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.util.List;

class ProblemTest {
    @Test
    void printsWhereItIs() {
        assertThat(new Problem("/etc/f", 3, 7, "is wrong")).hasToString("/etc/f:3:7: is wrong");
        assertThat(Problem.ofFile("/etc/f", "is wrong")).hasToString("/etc/f: is wrong");
        assertThat(Problem.ofSetting("PROXY_PORT", "abc", "a number from 0 to 65535"))
                .hasToString("PROXY_PORT: 'abc' (expected: a number from 0 to 65535)");
    }

    @Test
    void hidesWhatCouldFakeALogLine() {
        assertThat(Problem.quoted("a\nb\u001b[2Jc\u202e\u2028"))
                .isEqualTo("'a\\u000ab\\u001b[2Jc\\u202e\\u2028'");
        assertThat(Problem.quoted("x".repeat(5_000))).hasSizeLessThan(110).endsWith("…'");
        assertThat(Problem.quoted("ä")).isEqualTo("'ä'");
    }

    @Test
    void exceptionHasOneProblemOnALine() {
        List<Problem> problems =
                List.of(new Problem("f", 1, 2, "a"), Problem.ofSetting("B", "c", "d"));
        ConfigurationException exception = new ConfigurationException(problems);

        assertThat(exception).hasMessage("f:1:2: a\nB: 'c' (expected: d)");
        assertThat(exception.problems()).isEqualTo(problems);
        assertThat(exception.getStackTrace()).isEmpty();
    }

    @Test
    void problemsAreCollectedUpToABound() {
        Problems problems = new Problems();
        assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
        for (int i = 0; i < 1_000; i++) {
            problems.addAll(List.of(Problem.ofFile("f" + i, "is wrong")));
        }

        ConfigurationException exception =
                catchThrowableOfType(ConfigurationException.class, problems::throwIfAny);
        assertThat(exception.problems()).hasSize(100);
        assertThat(exception.problems().getFirst().file()).isEqualTo("f0");
    }
}
