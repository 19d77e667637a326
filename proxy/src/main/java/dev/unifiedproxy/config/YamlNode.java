package dev.unifiedproxy.config;

import java.util.List;

/** A value of a YAML file with the place where it begins; both numbers count from 1. */
sealed interface YamlNode {
    int line();

    int column();

    /** What it is, for a message. */
    default String kind() {
        return switch (this) {
            case Scalar scalar -> scalar.text().isEmpty() ? "nothing" : "a single value";
            case Sequence sequence -> "a list";
            case Mapping mapping -> "a mapping";
        };
    }

    /** A single value, as text. */
    record Scalar(String text, int line, int column) implements YamlNode {}

    /** A list. */
    record Sequence(List<YamlNode> items, int line, int column) implements YamlNode {}

    /** Keys with values, in their order. */
    record Mapping(List<Entry> entries, int line, int column) implements YamlNode {}

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}
}
