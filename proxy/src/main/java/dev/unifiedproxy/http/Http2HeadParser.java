package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostSyntaxException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * HTTP/2 header blocks to the same values that HTTP/1.1 heads become, so that nothing behind the
 * edge knows which it was (<a href="https://datatracker.ietf.org/doc/html/rfc9113#section-8.3">RFC
 * 9113 section 8.3</a>).
 *
 * <p>Stricter than the RFC: {@code :authority} is required, {@code host} beside it must name the
 * same, the scheme is https, and no pseudo-header field is known but those, and {@code :protocol}
 * of a WebSocket. Such an extended CONNECT becomes the GET that it would be over HTTP/1.1.
 */
public final class Http2HeadParser {
    private static final int HTTPS_PORT = 443;
    private static final Set<String> OF_REQUESTS =
            Set.of(":method", ":scheme", ":path", ":authority");

    private static final String PROTOCOL = ":protocol";

    private Http2HeadParser() {}

    /**
     * The head of a request; {@code :authority} has become its Host.
     *
     * @param block name, value, name, value, … with one character for each byte
     * @param endOfStream whether no DATA follows
     * @throws RefusedException with a code of source DOWNSTREAM for anything that is not one
     *     request
     */
    public static RequestHead request(List<String> block, boolean endOfStream) {
        Http2Fields fields = Http2Fields.of(block, ErrorCode.MALFORMED);
        Map<String, String> pseudo = fields.pseudo();
        boolean webSocket = asksForWebSocket(pseudo);
        for (String name : pseudo.keySet()) {
            if (!OF_REQUESTS.contains(name) && !(webSocket && name.equals(PROTOCOL))) {
                throw malformed("a pseudo-header field is none of " + sorted());
            }
        }
        Method method = RequestHeadParser.method(required(pseudo, ":method"));
        if (method == Method.CONNECT && !webSocket) {
            throw new RefusedException(
                    ErrorCode.METHOD_UNSUPPORTED, "CONNECT inside a tunnel is not supported");
        }
        if (!required(pseudo, ":scheme").equals("https")) {
            throw malformed(":scheme is not https");
        }
        RequestTarget target = target(required(pseudo, ":path"));
        Headers headers = withHost(required(pseudo, ":authority"), fields.regular());
        checkExpectation(headers);
        if (webSocket) {
            checkWebSocket(headers, endOfStream);
            return new RequestHead(Method.GET, target, false, headers, BodyFraming.WEB_SOCKET);
        }
        return new RequestHead(
                method, target, false, headers, framing(ErrorCode.MALFORMED, headers, endOfStream));
    }

    /** <a href="https://datatracker.ietf.org/doc/html/rfc8441#section-4">RFC 8441 section 4</a>. */
    private static boolean asksForWebSocket(Map<String, String> pseudo) {
        String protocol = pseudo.get(PROTOCOL);
        if (protocol == null || !pseudo.getOrDefault(":method", "").equals("CONNECT")) {
            return false;
        }
        if (!protocol.equals("websocket")) {
            throw new RefusedException(
                    ErrorCode.UPGRADE_UNSUPPORTED,
                    "Extended CONNECT to another protocol than websocket is not supported");
        }
        return true;
    }

    private static void checkWebSocket(Headers headers, boolean endOfStream) {
        if (endOfStream || headers.contains("content-length")) {
            throw malformed("a WebSocket is asked for with the end of the stream or a length");
        }
        WebSocketHandshake.checkOffer(headers);
    }

    private static String sorted() {
        List<String> names = new ArrayList<>(OF_REQUESTS);
        names.sort(null);
        return String.join(", ", names);
    }

    private static RequestTarget target(String path) {
        if (path.equals("*")) {
            return new RequestTarget.Asterisk();
        }
        if (!path.startsWith("/")) {
            throw malformed(":path does not begin with '/'");
        }
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) > 0x7e) {
                throw malformed(":path contains a blank or a byte outside ASCII");
            }
        }
        return RequestHeadParser.origin(path);
    }

    /** Threat 7: a host field beside :authority is a second destination unless it is the same. */
    private static Headers withHost(String authority, Headers regular) {
        List<String> hosts = regular.all("host");
        if (hosts.size() > 1) {
            throw malformed("Host occurs " + hosts.size() + " times (expected: at most once)");
        }
        if (hosts.size() == 1 && !same(hosts.getFirst(), authority)) {
            throw new RefusedException(
                    ErrorCode.HOST_MISMATCH, "Host and :authority name two destinations");
        }
        Headers.Builder headers = new Headers.Builder(regular.size() + 1);
        headers.append("host", authority);
        for (int line = 0; line < regular.size(); line++) {
            if (!regular.name(line).equals("host")) {
                headers.copy(regular, line);
            }
        }
        return headers.build();
    }

    private static boolean same(String host, String authority) {
        try {
            return Authority.parse(host, HTTPS_PORT).equals(Authority.parse(authority, HTTPS_PORT));
        } catch (HostSyntaxException e) {
            throw new RefusedException(ErrorCode.MALFORMED, "Host is not valid: " + e.getMessage());
        }
    }

    private static void checkExpectation(Headers headers) {
        for (String expectation : headers.all("expect")) {
            if (!expectation.equalsIgnoreCase("100-continue")) {
                throw malformed("Expect is not 100-continue");
            }
        }
    }

    /**
     * The head of a response.
     *
     * @param block name, value, name, value, … with one character for each byte
     * @param endOfStream whether no DATA follows
     * @param request the method that it answers
     * @throws RefusedException with {@link ErrorCode#BAD_RESPONSE} for anything that is not one
     *     response
     */
    public static ResponseHead response(List<String> block, boolean endOfStream, Method request) {
        Http2Fields fields = Http2Fields.of(block, ErrorCode.BAD_RESPONSE);
        if (fields.pseudo().size() != 1 || !fields.pseudo().containsKey(":status")) {
            throw bad("its pseudo-header fields are not exactly ':status'");
        }
        int status = status(fields.pseudo().getOrDefault(":status", ""));
        if (status < 200 && endOfStream) {
            throw bad("it ends with an interim response");
        }
        BodyFraming framing = framing(ErrorCode.BAD_RESPONSE, fields.regular(), endOfStream);
        boolean bodyless = request == Method.HEAD || status < 200 || status == 204 || status == 304;
        if (bodyless) {
            framing = BodyFraming.NONE;
        } else if (endOfStream) {
            if (RequestHeadParser.contentLength(ErrorCode.BAD_RESPONSE, fields.regular()).orElse(0L)
                    != 0) {
                throw bad("Content-Length is not 0 and no DATA follows");
            }
            framing = new BodyFraming.Length(0);
        } else if (framing instanceof BodyFraming.Chunked) {
            framing = BodyFraming.UNTIL_CLOSE;
        }
        return new ResponseHead(status, fields.regular(), framing, true);
    }

    private static int status(String text) {
        boolean digits = text.length() == 3;
        for (int i = 0; digits && i < 3; i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        int status = digits ? Integer.parseInt(text) : 0;
        if (status < 100 || status > 599) {
            throw bad("the status is not between 100 and 599");
        }
        if (status == 101) {
            throw bad("it switches protocols, which HTTP/2 does not know");
        }
        return status;
    }

    /**
     * The fields behind a body.
     *
     * @param onError {@link ErrorCode#MALFORMED} for a request's, {@link ErrorCode#BAD_RESPONSE}
     *     for a response's
     * @throws RefusedException with that code; a pseudo-header field has no place here (section
     *     8.1)
     */
    public static Headers trailers(List<String> block, ErrorCode onError) {
        Http2Fields fields = Http2Fields.of(block, onError);
        if (!fields.pseudo().isEmpty()) {
            throw HeadReader.refuse(onError, "a pseudo-header field stands in a trailer");
        }
        return TrailerParser.checked(fields.regular(), onError);
    }

    /** Section 8.1.1: with a Content-Length, so many bytes of DATA and no others. */
    private static BodyFraming framing(ErrorCode onError, Headers headers, boolean endOfStream) {
        Optional<Long> length = RequestHeadParser.contentLength(onError, headers);
        if (endOfStream) {
            if (onError == ErrorCode.MALFORMED && length.orElse(0L) != 0) {
                throw HeadReader.refuse(onError, "Content-Length is not 0 and no DATA follows");
            }
            return BodyFraming.NONE;
        }
        return length.<BodyFraming>map(BodyFraming.Length::new).orElse(BodyFraming.CHUNKED);
    }

    private static String required(Map<String, String> pseudo, String name) {
        String value = pseudo.get(name);
        if (value == null || value.isEmpty()) {
            throw malformed(name + " is missing or empty");
        }
        return value;
    }

    private static RefusedException malformed(String what) {
        return HeadReader.refuse(ErrorCode.MALFORMED, what);
    }

    private static RefusedException bad(String what) {
        return HeadReader.refuse(ErrorCode.BAD_RESPONSE, what);
    }
}
