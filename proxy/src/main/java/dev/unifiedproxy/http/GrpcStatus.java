package dev.unifiedproxy.http;

import dev.unifiedproxy.error.Refusal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A refusal as gRPC clients read it: status 200 and a {@code grpc-status} in a response without
 * messages ("Trailers-Only" of the <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC protocol</a>).
 */
final class GrpcStatus {
    private static final String CONTENT_TYPE = "application/grpc";

    private GrpcStatus() {}

    /** Whether the request is a gRPC call: {@code application/grpc}, alone or with a suffix. */
    static boolean isGrpc(Headers request) {
        Optional<String> type = request.first("content-type");
        if (type.isEmpty()
                || !type.get().regionMatches(true, 0, CONTENT_TYPE, 0, CONTENT_TYPE.length())) {
            return false;
        }
        String rest = type.get().substring(CONTENT_TYPE.length());
        return rest.isEmpty() || rest.charAt(0) == '+' || rest.charAt(0) == ';';
    }

    static Headers fields(Refusal refusal, String requestId) {
        return new Headers.Builder(5)
                .add("content-type", CONTENT_TYPE)
                .add("grpc-status", Integer.toString(code(refusal.code().status())))
                .add("grpc-message", encoded(message(refusal)))
                .add("proxy-status", RefusalRenderer.proxyStatus(refusal.code()))
                .add("x-request-id", requestId)
                .build();
    }

    /** The numbers of gRPC's status codes, by what the refusal would be in plain HTTP. */
    private static int code(int status) {
        return switch (status) {
            case 400, 413, 421, 431 -> 3; // INVALID_ARGUMENT
            case 401 -> 16; // UNAUTHENTICATED
            case 403 -> 7; // PERMISSION_DENIED
            case 408, 504 -> 4; // DEADLINE_EXCEEDED
            case 429 -> 8; // RESOURCE_EXHAUSTED
            case 501, 505 -> 12; // UNIMPLEMENTED
            case 502, 503 -> 14; // UNAVAILABLE
            default -> 13; // INTERNAL
        };
    }

    private static String message(Refusal refusal) {
        StringBuilder text =
                new StringBuilder(refusal.code().id()).append(": ").append(refusal.detail());
        if (!refusal.rule().isEmpty()) {
            text.append("; rule: ").append(refusal.rule());
        }
        if (!refusal.remedy().isEmpty()) {
            text.append("; to fix: ").append(refusal.remedy());
        }
        return text.toString();
    }

    /** Printable ASCII but for '%', the rest as percent-encoded UTF-8. */
    private static String encoded(String text) {
        HexFormat hex = HexFormat.of().withUpperCase();
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b < 0x7f && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(hex.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
