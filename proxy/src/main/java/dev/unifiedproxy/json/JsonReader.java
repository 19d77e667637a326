package dev.unifiedproxy.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JSON that everybody reads alike. Stricter than RFC 8259 where readers differ: a name twice
 * in one object (section 4), a byte order mark (section 8.1), half a surrogate pair (section 8.2),
 * bytes that are not UTF-8, and anything behind the value are refused.
 */
public final class JsonReader {
    private static final int MAX_NUMBER_LENGTH = 100;
    private static final int MAX_NAME_LENGTH = 1_024;

    private final JsonFactory factory;

    /**
     * A reader.
     *
     * @param maxDepth how deep objects and arrays may be nested
     */
    public JsonReader(int maxDepth) {
        StreamReadConstraints bounds =
                StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxNameLength(MAX_NAME_LENGTH)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build();
        this.factory =
                JsonFactory.builder()
                        .streamReadConstraints(bounds)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
    }

    /**
     * Reads one value, which is the whole text.
     *
     * @param utf8 the text in UTF-8
     * @throws JsonSyntaxException when it is none; the message names what and where, and quotes
     *     nothing of the text
     */
    public JsonValue read(ByteBuffer utf8) throws JsonSyntaxException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(utf8.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw new JsonSyntaxException("is not UTF-8");
        }
        if (text.startsWith("\ufeff")) {
            throw new JsonSyntaxException("begins with a byte order mark");
        }
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new JsonSyntaxException("is empty");
            }
            JsonValue value = value(parser, first);
            if (parser.nextToken() != null) {
                throw new JsonSyntaxException("goes on behind its value");
            }
            return value;
        } catch (JacksonException e) {
            throw new JsonSyntaxException(where(e));
        }
    }

    private static JsonValue value(JsonParser parser, JsonToken token) throws JsonSyntaxException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> new JsonValue.Text(unicode(parser.getString()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    new JsonValue.Numeric(parser.getDecimalValue());
            case VALUE_TRUE -> new JsonValue.Bool(true);
            case VALUE_FALSE -> new JsonValue.Bool(false);
            case VALUE_NULL -> new JsonValue.Null();
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new JsonSyntaxException("has " + token + " where a value begins");
        };
    }

    private static JsonValue object(JsonParser parser) throws JsonSyntaxException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = unicode(parser.currentName());
            members.put(name, value(parser, parser.nextToken()));
        }
        return new JsonValue.Mapping(members);
    }

    private static JsonValue array(JsonParser parser) throws JsonSyntaxException {
        List<JsonValue> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            items.add(value(parser, token));
        }
        return new JsonValue.Sequence(items);
    }

    /** Readers make different things of half a surrogate pair, so it is none here. */
    private static String unicode(String text) throws JsonSyntaxException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new JsonSyntaxException("has half a surrogate pair in a string");
            }
        }
        return text;
    }

    private static String where(JacksonException e) {
        String what =
                switch (e) {
                    case StreamConstraintsException beyond -> "is nested too deeply or too large";
                    case JacksonException other
                            when other.getOriginalMessage().startsWith("Duplicate") ->
                            "has a name twice in one object";
                    case JacksonException other -> "is not JSON";
                };
        // a text beyond the bounds has no place
        return what
                + Optional.ofNullable(e.getLocation())
                        .map(
                                at ->
                                        " (line "
                                                + at.getLineNr()
                                                + ", column "
                                                + at.getColumnNr()
                                                + ")")
                        .orElse("");
    }
}
