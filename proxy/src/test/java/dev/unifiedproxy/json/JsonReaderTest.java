package dev.unifiedproxy.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

final class JsonReaderTest {
    private static final JsonReader READER = new JsonReader(4);

    private static JsonValue read(String text) throws JsonSyntaxException {
        return READER.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void everyKindOfValue() throws Exception {
        assertThat(read("{\"a\": [\"x\", 1.50, true, null], \"b\": {}}"))
                .isEqualTo(
                        new JsonValue.Mapping(
                                Map.of(
                                        "a",
                                        new JsonValue.Sequence(
                                                List.of(
                                                        new JsonValue.Text("x"),
                                                        new JsonValue.Numeric(
                                                                new BigDecimal("1.50")),
                                                        new JsonValue.Bool(true),
                                                        new JsonValue.Null())),
                                        "b",
                                        new JsonValue.Mapping(Map.of()))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\" | a string",
                "-1e3 | a number",
                "false | a boolean",
                "null | null",
                "[] | an array",
                "{} | an object"
            })
    void aValueSaysWhatItIs(String text, String kind) throws Exception {
        assertThat(read(text).kind()).isEqualTo(kind);
    }

    @Test
    void escapesAreResolvedInNamesAndValues() throws Exception {
        JsonValue.Mapping object = (JsonValue.Mapping) read("{\"st\\u0061te\": \"\\u0063losed\"}");
        assertThat(object.text("state")).contains("closed");
        assertThat(object.member("st\\u0061te")).isEmpty();
        assertThat(read("\"\\ud83d\\ude00\"")).isEqualTo(new JsonValue.Text("\ud83d\ude00"));
    }

    @Test
    void aMemberThatIsNoStringHasNoText() throws Exception {
        assertThat(((JsonValue.Mapping) read("{\"a\": 1}")).text("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": 1, \"a\": 2}",
                "{\"a\": 1, \"\\u0061\": 2}",
                "{\"x\": {\"b\": 1, \"c\": 2, \"b\": 1}}"
            })
    void aNameThatStandsTwiceIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(JsonSyntaxException.class)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{bad",
                "{'a': 1}",
                "{\"a\": 1,}",
                "[1, 2",
                "{} {}",
                "{}]",
                "nul",
                "NaN",
                "01",
                "\"\u0001\"",
                "// comment\n{}",
                "[[[[[1]]]]]",
                "\"\\ud800\"",
                "\"\\udc00x\"",
                "{\"\\ud800\": 1}",
                "\ufeff{}"
            })
    void whatIsNotOneJsonTextIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(JsonSyntaxException.class);
    }

    @Test
    void aNumberAsLongAsABookIsRefused() {
        assertThatThrownBy(() -> read("1".repeat(101))).isInstanceOf(JsonSyntaxException.class);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] bytes = {'"', (byte) 0xc0, (byte) 0xaf, '"'};
        assertThatThrownBy(() -> READER.read(ByteBuffer.wrap(bytes))).hasMessage("is not UTF-8");
    }

    @Test
    void anErrorQuotesNothingOfTheText() {
        assertThatThrownBy(() -> read("{\"sk-secret\": 1, \"sk-secret\": 2}"))
                .hasMessageNotContaining("sk-secret");
        assertThatThrownBy(() -> read("sk-secret")).hasMessageNotContaining("sk-secret");
    }
}
