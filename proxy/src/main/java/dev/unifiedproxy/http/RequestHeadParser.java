package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostSyntaxException;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Bytes of a request head to a value, strictly; the only way to a {@link RequestHead} from the
 * wire.
 *
 * <p>See {@link HeadReader} for what lines must look like. On top of that: exactly one way to tell
 * where the body ends (<a href="https://datatracker.ietf.org/doc/html/rfc9112#section-6.3">RFC 9112
 * section 6.3</a>; we refuse where it would let one win), one Host, no upgrade but to a WebSocket,
 * no HTTP/1.0 but for CONNECT.
 */
public final class RequestHeadParser {
    private RequestHeadParser() {}

    /**
     * Parses one head.
     *
     * @param bytes holds the head from index 0 on, its final empty line included
     * @param length how many bytes of the array belong to it
     * @throws RefusedException with a code of source DOWNSTREAM for anything that is not one
     *     request
     */
    public static RequestHead parse(byte[] bytes, int length) {
        HeadReader reader = new HeadReader(bytes, length, ErrorCode.MALFORMED);
        String line = reader.startLine();
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last == first || line.indexOf(' ', first + 1) != last) {
            throw reader.refuse("the first line is not 'METHOD target HTTP/1.1'");
        }
        Method method = method(line.substring(0, first));
        boolean http10 = isHttp10(line.substring(last + 1), method);
        RequestTarget target = target(method, line.substring(first + 1, last));
        Headers fields = reader.fields();
        checkHost(reader, fields, target, http10);
        checkExpectations(fields);
        return new RequestHead(
                method, target, http10, fields, framing(reader, fields, method, http10));
    }

    static Method method(String name) {
        if (!HeadReader.isToken(name)) {
            throw HeadReader.refuse(ErrorCode.MALFORMED, "the method is not a token");
        }
        return Method.of(name)
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        ErrorCode.METHOD_UNSUPPORTED,
                                        "Method '"
                                                + cut(name)
                                                + "' is not forwarded (expected: GET, HEAD, POST,"
                                                + " PUT, DELETE, PATCH, OPTIONS or CONNECT, in"
                                                + " upper case)"));
    }

    private static boolean isHttp10(String version, Method method) {
        if (version.equals("HTTP/1.1")) {
            return false;
        }
        if (version.equals("HTTP/1.0") && method == Method.CONNECT) {
            return true;
        }
        throw new RefusedException(
                ErrorCode.VERSION_UNSUPPORTED,
                "Version '" + cut(version) + "' is not spoken here (expected: HTTP/1.1)");
    }

    private static RequestTarget target(Method method, String text) {
        try {
            if (method == Method.CONNECT) {
                return new RequestTarget.Tunnel(Authority.parseWithPort(text));
            }
            if (text.equals("*")) {
                return new RequestTarget.Asterisk();
            }
            return text.startsWith("/") ? origin(text) : absolute(text);
        } catch (HostSyntaxException e) {
            throw new RefusedException(
                    ErrorCode.MALFORMED, "The request target is not valid: " + e.getMessage());
        }
    }

    private static RequestTarget absolute(String text) {
        int schemeEnd = text.indexOf("://");
        String scheme = schemeEnd < 0 ? "" : text.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http")) {
            throw new RefusedException(
                    ErrorCode.MALFORMED,
                    "The request target is neither a path nor an http URL: '" + cut(text) + "'");
        }
        int from = schemeEnd + 3;
        int to = from;
        while (to < text.length() && text.charAt(to) != '/' && text.charAt(to) != '?') {
            to++;
        }
        Authority authority = Authority.parse(text.substring(from, to), secure ? 443 : 80);
        String rest = text.substring(to);
        return new RequestTarget.Absolute(
                secure, authority, origin(rest.startsWith("/") ? rest : "/" + rest));
    }

    static RequestTarget.Origin origin(String text) {
        int mark = text.indexOf('?');
        if (mark < 0) {
            return new RequestTarget.Origin(NormalPath.parse(text), "", false);
        }
        String query = text.substring(mark + 1);
        for (int i = 0; i < query.length(); i++) {
            switch (query.charAt(i)) {
                case '#', '"', '<', '>' ->
                        throw new RefusedException(
                                ErrorCode.MALFORMED,
                                "The query contains a character that must be percent-encoded");
                default -> {}
            }
        }
        return new RequestTarget.Origin(NormalPath.parse(text.substring(0, mark)), query, true);
    }

    private static void checkHost(
            HeadReader reader, Headers fields, RequestTarget target, boolean http10) {
        int hosts = fields.count("host");
        if (hosts > 1) {
            throw reader.refuse("Host occurs " + hosts + " times (expected: once)");
        }
        if (hosts == 0 && !http10) {
            throw reader.refuse("Host is missing");
        }
        if (hosts == 1 && target instanceof RequestTarget.Tunnel(Authority authority)) {
            checkTunnelHost(fields.first("host").orElseThrow(), authority);
        }
    }

    /** Clients differ in whether the Host of a CONNECT carries the port; a wrong one is refused. */
    private static void checkTunnelHost(String host, Authority authority) {
        Authority named;
        try {
            named = Authority.parse(host, authority.port());
        } catch (HostSyntaxException e) {
            throw new RefusedException(ErrorCode.MALFORMED, "Host is not valid: " + e.getMessage());
        }
        if (!named.equals(authority)) {
            throw new RefusedException(
                    ErrorCode.HOST_MISMATCH,
                    "Host names " + named + " on a CONNECT to " + authority);
        }
    }

    private static void checkExpectations(Headers fields) {
        boolean upgrade = fields.contains("upgrade") && !WebSocketHandshake.isAskedFor(fields);
        if (upgrade || fields.contains("http2-settings")) {
            throw new RefusedException(
                    Refusal.of(
                                    ErrorCode.UPGRADE_UNSUPPORTED,
                                    "Upgrade to another protocol than websocket is not supported")
                            .withRemedy("send a plain HTTP/1.1 request"));
        }
        for (String expectation : fields.all("expect")) {
            if (!expectation.equalsIgnoreCase("100-continue")) {
                throw new RefusedException(
                        ErrorCode.MALFORMED,
                        "Expect: '" + cut(expectation) + "' (expected: 100-continue)");
            }
        }
    }

    private static BodyFraming framing(
            HeadReader reader, Headers fields, Method method, boolean http10) {
        if (fields.contains("upgrade")) {
            WebSocketHandshake.checkRequest(method, fields);
            return BodyFraming.WEB_SOCKET;
        }
        List<String> encodings = fields.all("transfer-encoding");
        Optional<Long> length = contentLength(ErrorCode.MALFORMED, fields);
        if (encodings.isEmpty()) {
            long bytes = length.orElse(0L);
            if (bytes > 0 && method == Method.CONNECT) {
                throw reader.refuse("a CONNECT has a body");
            }
            return bytes == 0 && length.isEmpty()
                    ? BodyFraming.NONE
                    : new BodyFraming.Length(bytes);
        }
        if (length.isPresent()) {
            throw reader.refuse("both Content-Length and Transfer-Encoding are present");
        }
        if (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked")) {
            throw reader.refuse("Transfer-Encoding is not exactly 'chunked'");
        }
        if (http10 || method == Method.CONNECT) {
            throw reader.refuse("Transfer-Encoding where no body may be");
        }
        return BodyFraming.CHUNKED;
    }

    /** One field of one to eighteen digits; a list or a repetition is refused even if all agree. */
    static Optional<Long> contentLength(ErrorCode onError, Headers fields) {
        List<String> values = fields.all("content-length");
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String value = values.getFirst();
        boolean digits = !value.isEmpty() && value.length() <= 18;
        for (int i = 0; digits && i < value.length(); i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits || values.size() > 1) {
            throw HeadReader.refuse(onError, "Content-Length is not exactly one decimal number");
        }
        return Optional.of(Long.parseLong(value));
    }

    private static String cut(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
