package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.util.List;
import java.util.Optional;

/**
 * Bytes of a response head to a value, as strictly as on the way in: a response that can be read in
 * two ways is not passed on, whatever the server meant.
 */
public final class ResponseHeadParser {
    private ResponseHeadParser() {}

    /**
     * Parses one head.
     *
     * @param bytes holds the head from index 0 on, its final empty line included
     * @param length how many bytes of the array belong to it
     * @param request the method that it answers
     * @param webSocket whether that request is the opening handshake of a WebSocket
     * @throws RefusedException with {@link ErrorCode#BAD_RESPONSE} for anything that is not one
     *     response
     */
    public static ResponseHead parse(byte[] bytes, int length, Method request, boolean webSocket) {
        HeadReader reader = new HeadReader(bytes, length, ErrorCode.BAD_RESPONSE);
        String line = reader.startLine();
        boolean http10 = line.startsWith("HTTP/1.0 ");
        if ((!http10 && !line.startsWith("HTTP/1.1 ")) || line.length() < 12) {
            throw reader.refuse("the first line is not 'HTTP/1.1 status reason'");
        }
        int status = status(reader, line, webSocket);
        Headers fields = reader.fields();
        BodyFraming framing = framing(reader, fields, status, request);
        return new ResponseHead(status, fields, framing, keepAlive(fields, http10, framing));
    }

    /**
     * <a href="https://datatracker.ietf.org/doc/html/rfc9112#section-9.3">RFC 9112 section 9.3</a>:
     * close wins; and section 6.1: a chunked body of HTTP/1.0 is not to be trusted further.
     */
    private static boolean keepAlive(Headers fields, boolean http10, BodyFraming framing) {
        if (fields.hasToken("connection", "close")
                || framing instanceof BodyFraming.UntilClose
                || framing instanceof BodyFraming.WebSocket) {
            return false;
        }
        return !http10
                || (fields.hasToken("connection", "keep-alive")
                        && !fields.contains("transfer-encoding"));
    }

    private static int status(HeadReader reader, String line, boolean webSocket) {
        int status = 0;
        for (int i = 9; i < 12; i++) {
            char c = line.charAt(i);
            if (c < '0' || c > '9') {
                throw reader.refuse("the status is not a number");
            }
            status = status * 10 + (c - '0');
        }
        if (status < 100 || status > 599 || (line.length() > 12 && line.charAt(12) != ' ')) {
            throw reader.refuse("the status is not between 100 and 599");
        }
        if (status == 101 && !webSocket) {
            throw reader.refuse("it switches protocols without being asked");
        }
        return status;
    }

    /** RFC 9112 section 6.3, with a refusal where two rules would apply. */
    private static BodyFraming framing(
            HeadReader reader, Headers fields, int status, Method request) {
        List<String> encodings = fields.all("transfer-encoding");
        Optional<Long> length = RequestHeadParser.contentLength(ErrorCode.BAD_RESPONSE, fields);
        if (!encodings.isEmpty() && length.isPresent()) {
            throw reader.refuse("both Content-Length and Transfer-Encoding are present");
        }
        if (encodings.size() > 1
                || (!encodings.isEmpty() && !encodings.getFirst().equalsIgnoreCase("chunked"))) {
            throw reader.refuse("Transfer-Encoding is not exactly 'chunked'");
        }
        if (status == 101) {
            if (!encodings.isEmpty() || length.isPresent()) {
                throw reader.refuse("it announces a body and switches protocols");
            }
            return BodyFraming.WEB_SOCKET;
        }
        boolean tunnel = request == Method.CONNECT && status / 100 == 2;
        if (tunnel || request == Method.HEAD || status < 200 || status == 204 || status == 304) {
            return BodyFraming.NONE;
        }
        if (!encodings.isEmpty()) {
            return BodyFraming.CHUNKED;
        }
        return length.<BodyFraming>map(BodyFraming.Length::new).orElse(BodyFraming.UNTIL_CLOSE);
    }
}
