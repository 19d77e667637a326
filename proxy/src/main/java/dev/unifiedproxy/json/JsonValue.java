package dev.unifiedproxy.json;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a JSON text (RFC 8259), in which no name stands twice in one object. */
public sealed interface JsonValue {
    /** A string, its escapes resolved. */
    record Text(String value) implements JsonValue {}

    /** A number, exactly. */
    record Numeric(BigDecimal value) implements JsonValue {}

    /** True or false. */
    record Bool(boolean value) implements JsonValue {}

    /** Null. */
    record Null() implements JsonValue {}

    /** An array. */
    record Sequence(List<JsonValue> items) implements JsonValue {
        /** Copies the items. */
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** An object; its members stand in the order of the text. */
    record Mapping(Map<String, JsonValue> members) implements JsonValue {
        /** Copies the members. */
        public Mapping {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /** The member of that name. */
        public Optional<JsonValue> member(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /** The member of that name, where it is a string. */
        public Optional<String> text(String name) {
            return member(name)
                    .flatMap(v -> v instanceof Text(String t) ? Optional.of(t) : Optional.empty());
        }
    }

    /** What kind of value it is, for messages: {@code a string} and so on. */
    default String kind() {
        return switch (this) {
            case Text text -> "a string";
            case Numeric number -> "a number";
            case Bool bool -> "a boolean";
            case Null none -> "null";
            case Sequence array -> "an array";
            case Mapping object -> "an object";
        };
    }
}
