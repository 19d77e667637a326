package dev.unifiedproxy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class MetadataJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"repo\":\"o/r\"}",
                "{\"repos\":[\"a/b\",\"c/d\"],\"n\":1,\"f\":1.50,\"t\":true,\"z\":null}",
                "{\"git\":{\"protected_branches\":{\"enabled\":false}}}",
                "{\"text\":\"\u00e9\u4e2d\ud83d\ude00 \\\" \\n\"}",
                "{\"big\":123456789012345678901234567890}"
            })
    void whatIsWrittenReadsTheSame(String json) {
        Map<String, Object> metadata = MetadataJson.read(json);
        assertThat(MetadataJson.write(metadata)).isEqualTo(json);
        assertThat(MetadataJson.read(MetadataJson.write(metadata))).isEqualTo(metadata);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "1",
                "\"x\"",
                "{",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{\"a\":NaN}"
            })
    void everythingElseIsRefused(String json) {
        assertThatThrownBy(() -> MetadataJson.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("metadata: ");
    }

    @Test
    void nestingIsBounded() {
        String deep = "{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}";
        assertThatThrownBy(() -> MetadataJson.read(deep))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextThatIsNotUnicodeCannotBeWritten() {
        assertThatThrownBy(() -> MetadataJson.write(Map.of("a", "\ud800")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void frozenMeansFrozenAllTheWayDown() {
        List<Object> list = new ArrayList<>(List.of(new HashMap<>(Map.of("k", "v"))));
        Map<String, Object> original = new HashMap<>(Map.of("list", list));
        Map<String, Object> frozen = MetadataJson.freeze(original);
        list.add("later");
        assertThat(frozen).isEqualTo(Map.of("list", List.of(Map.of("k", "v"))));
        assertThatThrownBy(() -> frozen.put("x", "y"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> requireNonNull((List<?>) frozen.get("list")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
