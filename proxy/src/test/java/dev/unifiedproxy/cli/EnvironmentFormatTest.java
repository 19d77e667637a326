package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

class EnvironmentFormatTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "it's",
                "''",
                "a b  c",
                "$HOME `id` $(id) \\ \" ! # & ; | < > * ? ~ {a,b}",
                "two\nlines",
                "http://s:t%2F@[::1]:8080",
                "äöü 漢"
            })
    void aShellReadsExactlyTheValue(String value) throws IOException, InterruptedException {
        String text = EnvironmentFormat.SHELL.render(Map.of("VALUE_OF_TEST", value));
        Process shell =
                new ProcessBuilder("sh", "-c", "eval \"$1\"; printenv VALUE_OF_TEST", "sh", text)
                        .redirectErrorStream(true)
                        .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        assertThat(printed).isEqualTo(value + "\n");
    }

    @Test
    void dotenvQuotesOnlyWhereItMust() {
        assertThat(EnvironmentFormat.DOTENV.render(Map.of("A", "http://a:b@c:1/?x=y")))
                .isEqualTo("A=http://a:b@c:1/?x=y\n");
        assertThat(EnvironmentFormat.DOTENV.render(Map.of("A", "a \"b\" $c\n")))
                .isEqualTo("A=\"a \\\"b\\\" \\$c\\n\"\n");
    }

    @Test
    void jsonIsAnObject() {
        assertThat(EnvironmentFormat.JSON.render(Map.of("A", "b")))
                .isEqualToIgnoringWhitespace("{\"A\":\"b\"}");
    }
}
