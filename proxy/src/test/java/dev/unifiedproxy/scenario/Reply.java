package dev.unifiedproxy.scenario;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client got.
 *
 * @param status the status code
 * @param fields its field lines
 * @param body its body, byte for byte as ISO 8859-1
 * @param trailers behind a chunked body
 */
public record Reply(int status, List<Wire.Field> fields, String body, List<Wire.Field> trailers) {
    private static final Pattern CODE = Pattern.compile("details=\"([a-z0-9_.]+)\"");

    /** A field's value; empty when it is not there. */
    public String field(String name) {
        return first(name).orElse("");
    }

    private Optional<String> first(String name) {
        return fields.stream().filter(f -> f.is(name)).map(Wire.Field::value).findFirst();
    }

    /** The proxy's own code of a refusal; empty when the answer is the server's. */
    public String code() {
        Matcher matcher = CODE.matcher(field("proxy-status"));
        return matcher.find() ? matcher.group(1) : "";
    }

    /** Status and code, such as {@code 403 policy.ip_literal}. */
    public String outcome() {
        return (status + " " + code()).strip();
    }

    /** The id under which the exchange is logged and recorded. */
    public String requestId() {
        return field("x-request-id");
    }
}
