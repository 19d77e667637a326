package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.util.Optional;

/**
 * Field sections of an HTTP/2 response to values, as strictly as {@link ResponseHeadParser} (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9113#section-8.2">RFC 9113 sections 8.2 and
 * 8.3.2</a>).
 */
public final class Http2ResponseParser {
    private Http2ResponseParser() {}

    /**
     * Parses a head.
     *
     * @param lines name, value, name, value, … in the order in which they came
     * @param endOfStream whether nothing follows it
     * @param request the method that it answers
     * @throws RefusedException with {@link ErrorCode#BAD_RESPONSE} for anything that is not one
     *     response
     */
    public static ResponseHead head(String[] lines, boolean endOfStream, Method request) {
        if (lines.length < 2 || !lines[0].equals(":status")) {
            throw refuse("the first field is not :status");
        }
        int status = status(lines[1]);
        Headers fields = fields(lines, 2);
        Optional<Long> length = contentLength(fields);
        boolean bodiless = request == Method.HEAD || status < 200 || status == 204 || status == 304;
        if (status < 200 && endOfStream) {
            throw refuse("an interim response ends the stream");
        }
        if (endOfStream && !bodiless && length.isPresent() && length.get() != 0) {
            throw refuse("the stream ends before its content-length");
        }
        return new ResponseHead(status, fields, framing(bodiless, endOfStream, length), true);
    }

    /** A body that is empty is not one that may not be: HTTP/1.1 has to say so to its client. */
    private static BodyFraming framing(
            boolean bodiless, boolean endOfStream, Optional<Long> length) {
        if (bodiless) {
            return BodyFraming.NONE;
        }
        if (endOfStream) {
            return new BodyFraming.Length(0);
        }
        return length.<BodyFraming>map(BodyFraming.Length::new).orElse(BodyFraming.UNTIL_CLOSE);
    }

    /**
     * Parses the field section behind the body.
     *
     * @param lines name, value, name, value, …
     * @throws RefusedException with {@link ErrorCode#BAD_RESPONSE} for a field that may not stand
     *     there
     */
    public static Headers trailers(String[] lines) {
        Headers fields = fields(lines, 0);
        for (int i = 0; i < fields.size(); i++) {
            if (TrailerParser.isForbidden(fields.name(i))) {
                throw refuse("field '" + fields.name(i) + "' stands in a trailer");
            }
        }
        return fields;
    }

    /** Three digits; 101 does not exist in HTTP/2 (RFC 9113 section 8.6). */
    private static int status(String text) {
        boolean digits = text.length() == 3;
        for (int i = 0; digits && i < 3; i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        int status = digits ? Integer.parseInt(text) : 0;
        if (status < 100 || status > 599) {
            throw refuse(":status is not between 100 and 599");
        }
        if (status == 101) {
            throw refuse("it switches protocols, which HTTP/2 cannot");
        }
        return status;
    }

    private static Headers fields(String[] lines, int from) {
        if (lines.length / 2 > HeadReader.MAX_FIELDS) {
            throw refuse("it has more than " + HeadReader.MAX_FIELDS + " fields");
        }
        Headers.Builder fields = new Headers.Builder(lines.length / 2);
        for (int i = from; i < lines.length; i += 2) {
            checkName(lines[i]);
            if (isConnectionSpecific(lines[i])) {
                throw refuse("field '" + lines[i] + "' is specific to a connection");
            }
            try {
                fields.add(lines[i], lines[i + 1]);
            } catch (IllegalArgumentException e) {
                throw refuse("a value is not a field value");
            }
        }
        return fields.build();
    }

    private static void checkName(String name) {
        if (name.startsWith(":")) {
            throw refuse("a pseudo-header field does not stand where it may");
        }
        boolean token = HeadReader.isToken(name);
        for (int i = 0; token && i < name.length(); i++) {
            token = name.charAt(i) < 'A' || name.charAt(i) > 'Z';
        }
        if (!token) {
            throw refuse("a field name is not a token in lower case");
        }
    }

    /** RFC 9113 section 8.2.2; in responses {@code te} has no exception. */
    private static boolean isConnectionSpecific(String name) {
        return switch (name) {
            case "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "transfer-encoding",
                    "upgrade" ->
                    true;
            default -> false;
        };
    }

    private static Optional<Long> contentLength(Headers fields) {
        Optional<String> value = fields.first("content-length");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String text = value.get();
        boolean digits =
                !text.isEmpty() && text.length() <= 18 && fields.count("content-length") == 1;
        for (int i = 0; digits && i < text.length(); i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        if (!digits) {
            throw refuse("Content-Length is not exactly one decimal number");
        }
        return Optional.of(Long.parseLong(text));
    }

    private static RefusedException refuse(String what) {
        return new RefusedException(
                ErrorCode.BAD_RESPONSE, "The response is not well-formed: " + what);
    }
}
