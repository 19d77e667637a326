package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.json.JsonReader;
import dev.unifiedproxy.json.JsonSyntaxException;
import dev.unifiedproxy.json.JsonValue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An {@code inspect} rule, put to one request: is its body what the rule says it has to be?
 *
 * <p>What cannot be read in only one way is not read at all but denied: an unknown encoding, JSON
 * with a name twice, a WebSocket, whose frames nobody reads here.
 */
final class BodyInspection implements BodyRule {
    private static final JsonReader JSON = new JsonReader(64);
    private static final int MAX_SCALE = 100;
    private static final List<String> JSON_TYPES = List.of("application/json", "*/*+json");

    private final PolicyRule rule;
    private final BodyCheck check;
    private final BodyEncoding encoding;
    private final boolean bodyless;

    private BodyInspection(
            PolicyRule rule, BodyCheck check, BodyEncoding encoding, boolean bodyless) {
        this.rule = rule;
        this.check = check;
        this.encoding = encoding;
        this.bodyless = bodyless;
    }

    /** What the rule says by the head of a request, or that it has to read the body. */
    static Verdict question(PolicyRule rule, BodyCheck check, InboundRequest request) {
        if (request.head().opensWebSocket()) {
            return deny(rule, "A WebSocket has no body that could be read", "use requests instead");
        }
        boolean bodyless = request.head().framing() instanceof BodyFraming.None;
        Optional<BodyEncoding> encoding = BodyEncoding.of(request.head().headers());
        if (encoding.isEmpty()) {
            return deny(
                    rule,
                    "The body's Content-Encoding is not one that can be read",
                    "send the body as it is, or with gzip or deflate");
        }
        String type = mediaType(request);
        List<String> types = types(check);
        if (!bodyless && !types.isEmpty() && types.stream().noneMatch(t -> covers(t, type))) {
            return deny(
                    rule,
                    "The body's Content-Type is not one that is allowed here",
                    "send it as " + String.join(" or ", types));
        }
        return new Verdict.ReadBody(
                check.maxBytes(), new BodyInspection(rule, check, encoding.get(), bodyless));
    }

    private static List<String> types(BodyCheck check) {
        return check.contentTypes().isEmpty() && !check.fields().isEmpty()
                ? JSON_TYPES
                : check.contentTypes();
    }

    private static String mediaType(InboundRequest request) {
        List<String> lines = request.head().headers().all("content-type");
        if (lines.size() != 1) {
            return "";
        }
        String line = lines.getFirst();
        int parameters = line.indexOf(';');
        return (parameters < 0 ? line : line.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** Media types are compared without case (RFC 9110 section 8.3.1). */
    private static boolean covers(String pattern, String type) {
        return new TextGlob(pattern.toLowerCase(Locale.ROOT)).matches(type);
    }

    @Override
    public Optional<Decision.Deny> judge(WholeBody body) {
        if (bodyless && body.length() == 0) {
            return check.fields().stream()
                    .filter(JsonFieldCheck::required)
                    .findFirst()
                    .map(field -> denial("The request has no body", expected(field)));
        }
        Optional<WholeBody> decoded = encoding.decode(body, check.maxBytes());
        if (decoded.isEmpty()) {
            return Optional.of(
                    denial(
                            "The body cannot be decoded to at most " + check.maxBytes() + " bytes",
                            "send it as it is, without Content-Encoding"));
        }
        return check.fields().isEmpty() ? Optional.empty() : judgeFields(decoded.get());
    }

    private Optional<Decision.Deny> judgeFields(WholeBody body) {
        JsonValue root;
        try {
            root = JSON.read(body.content());
        } catch (JsonSyntaxException e) {
            return Optional.of(
                    denial(
                            "The body " + e.getMessage(),
                            "send one JSON text in UTF-8, in which no name stands twice"));
        }
        for (JsonFieldCheck field : check.fields()) {
            List<JsonValue> values = field.path().select(root);
            if (values.isEmpty() && field.required()) {
                return Optional.of(
                        denial("The body has no " + field.path().text(), expected(field)));
            }
            if (!values.stream().allMatch(value -> allowed(field, value))) {
                return Optional.of(
                        denial(
                                "What the body says at " + field.path().text() + " is not allowed",
                                expected(field)));
            }
        }
        return Optional.empty();
    }

    private static boolean allowed(JsonFieldCheck field, JsonValue value) {
        if (field.oneOf().isEmpty() && field.noneOf().isEmpty()) {
            return true;
        }
        Optional<String> text = text(value);
        return text.isPresent()
                && (field.oneOf().isEmpty() || matches(field.oneOf(), text.get()))
                && !matches(field.noneOf(), text.get());
    }

    /** What a pattern is compared with; an object or an array is no text that it could match. */
    private static Optional<String> text(JsonValue value) {
        return switch (value) {
            case JsonValue.Text(String text) -> Optional.of(text);
            case JsonValue.Numeric number -> plain(number.value());
            case JsonValue.Bool(boolean bool) -> Optional.of(String.valueOf(bool));
            case JsonValue.Null none -> Optional.of("null");
            case JsonValue.Sequence sequence -> Optional.empty();
            case JsonValue.Mapping mapping -> Optional.empty();
        };
    }

    /** One spelling for one number, so that 1e2 is 100; none where it would be a page long. */
    private static Optional<String> plain(BigDecimal number) {
        BigDecimal shortest = number.stripTrailingZeros();
        return Math.abs((long) shortest.scale()) > MAX_SCALE
                ? Optional.empty()
                : Optional.of(shortest.toPlainString());
    }

    private static boolean matches(List<TextGlob> globs, String text) {
        return globs.stream().anyMatch(glob -> glob.matches(text));
    }

    private static String expected(JsonFieldCheck field) {
        String path = field.path().text();
        if (!field.oneOf().isEmpty()) {
            return "send " + path + " as one of: " + list(field.oneOf());
        }
        return field.noneOf().isEmpty()
                ? "send " + path
                : "send " + path + " as none of: " + list(field.noneOf());
    }

    private static String list(List<TextGlob> globs) {
        return globs.stream().map(TextGlob::text).collect(Collectors.joining(", "));
    }

    private Decision.Deny denial(String detail, String remedy) {
        return new Decision.Deny(
                "body_policy",
                new Refusal(ErrorCode.BODY_NOT_ALLOWED, detail, rule.reference(), remedy));
    }

    private static Verdict deny(PolicyRule rule, String detail, String remedy) {
        return new Verdict.Deny(
                new Decision.Deny(
                        "body_policy",
                        new Refusal(ErrorCode.BODY_NOT_ALLOWED, detail, rule.reference(), remedy)));
    }
}
