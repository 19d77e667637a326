package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

class YamlDocumentTest {
    private static YamlNode read(String content) {
        Problems problems = new Problems();
        YamlNode node =
                YamlDocument.read("f", content.getBytes(StandardCharsets.UTF_8), problems)
                        .orElseThrow();
        problems.throwIfAny();
        return node;
    }

    @Test
    void keepsOrderAndPlaces() {
        assertThat(read("b: [x,\n  'y']\na: |\n  t\n"))
                .isEqualTo(
                        new YamlNode.Mapping(
                                List.of(
                                        new YamlNode.Entry(
                                                new YamlNode.Scalar("b", 1, 1),
                                                new YamlNode.Sequence(
                                                        List.of(
                                                                new YamlNode.Scalar("x", 1, 5),
                                                                new YamlNode.Scalar("y", 2, 3)),
                                                        1,
                                                        4)),
                                        new YamlNode.Entry(
                                                new YamlNode.Scalar("a", 3, 1),
                                                new YamlNode.Scalar("t\n", 3, 4))),
                                1,
                                1));
    }

    @Test
    void keepsTextAsItStands() {
        assertThat(read("1.10")).isEqualTo(new YamlNode.Scalar("1.10", 1, 1));
        assertThat(read("'~'")).isEqualTo(new YamlNode.Scalar("~", 1, 1));
        assertThat(read("~")).isEqualTo(new YamlNode.Scalar("", 1, 1));
        assertThat(read("null")).isEqualTo(new YamlNode.Scalar("", 1, 1));
    }

    @Test
    void shapeNotesWhatIsMissing() {
        Problems problems = new Problems();
        YamlShape shape = new YamlShape("f", problems);

        Map<String, YamlNode> fields =
                shape.fields(read("{a: x}"), "it", Set.of("a", "b"), Set.of("a", "b"));

        assertThat(fields).containsOnlyKeys("a");
        assertThat(shape.text(fields.values().iterator().next(), "a")).contains("x");
        assertThat(shape.items(fields, "c", "c")).isEmpty();
        assertThat(catchThrowable(problems::throwIfAny))
                .hasMessage("f:1:1: it has no 'b' (expected: one)");
    }
}
