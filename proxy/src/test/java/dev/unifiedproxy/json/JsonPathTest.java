package dev.unifiedproxy.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

final class JsonPathTest {
    private static final String TEXT =
            """
            {"model": "m", "list": ["a", "b", {"k": "c"}], "in": {"x": "1", "y": "2"},
             "a/b": "slash", "a~b": "tilde", "*": "star"}
            """;

    private static String select(String path) throws Exception {
        JsonValue root =
                new JsonReader(8).read(ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.UTF_8)));
        StringBuilder found = new StringBuilder();
        for (JsonValue value : JsonPath.parse(path).select(root)) {
            found.append(value instanceof JsonValue.Text(String text) ? text : value.kind());
            found.append(' ');
        }
        return found.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/model | m",
                "/list/0 | a",
                "/list/2/k | c",
                "/list/* | a b an object",
                "/list/*/k | c",
                "/in/* | 1 2",
                "/a~1b | slash",
                "/a~0b | tilde",
                "/nothing | ''",
                "/list/3 | ''",
                "/list/-1 | ''",
                "/list/9999999999 | ''",
                "/list/x | ''",
                "/model/x | ''"
            })
    void selects(String path, String expected) throws Exception {
        assertThat(select(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "model", "/a~2b", "/a~", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h"})
    void whatIsNoPathIsRefused(String text) {
        assertThatThrownBy(() -> JsonPath.parse(text)).hasMessageContaining("expected");
    }

    @Test
    void twoOfTheSameTextAreOne() {
        assertThat(JsonPath.parse("/a/b"))
                .isEqualTo(JsonPath.parse("/a/b"))
                .hasSameHashCodeAs(JsonPath.parse("/a/b"))
                .isNotEqualTo(JsonPath.parse("/a"))
                .hasToString("/a/b");
        assertThat(JsonPath.parse("/a").text()).isEqualTo("/a");
    }
}
