package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

/**
 * A refusal as a person, an agent and a program read it: status, <a
 * href="https://datatracker.ietf.org/doc/html/rfc9209">Proxy-Status</a>, and a body in text, or in
 * JSON for those who accept nothing else.
 */
public final class RefusalRenderer {
    private static final String IDENTITY_DETAIL =
            "unknown container: this source address is not registered here, or what it presented"
                    + " does not match its registration";
    private static final String IDENTITY_REMEDY =
            "register the sandbox on the proxy's host: unified-proxy container add NAME --ip"
                    + " ADDRESS";

    private static final String GITHUB_DOCUMENTATION = "https://docs.github.com/rest";

    private RefusalRenderer() {}

    /**
     * Renders a refusal.
     *
     * @param requestId stands in the log and the audit record too
     * @param request the field lines of the request, for its Accept; empty when there are none
     */
    public static Answer render(Refusal refusal, String requestId, Headers request) {
        ErrorCode code = refusal.code();
        boolean identity = code.source() == ErrorCode.Source.IDENTITY;
        boolean github = isGithub(code);
        boolean json = github || code == ErrorCode.CREDENTIAL_MISSING || prefersJson(request);
        Refusal shown =
                identity ? new Refusal(code, IDENTITY_DETAIL, "", IDENTITY_REMEDY) : refusal;
        if (GrpcStatus.isGrpc(request)) {
            return new Answer(200, GrpcStatus.fields(shown, requestId), "");
        }
        Headers.Builder fields =
                new Headers.Builder(8)
                        .add(
                                "content-type",
                                json ? "application/json" : "text/plain; charset=utf-8")
                        .add("proxy-status", proxyStatus(code))
                        .add("cache-control", "no-store")
                        .add("x-request-id", requestId);
        if (code.source() == ErrorCode.Source.POLICY) {
            fields.add("x-sandbox-blocked", "true");
        }
        long seconds = code == ErrorCode.OVERLOADED ? 1 : refusal.retryAfterSeconds();
        if (seconds > 0) {
            fields.add("retry-after", Long.toString(seconds)); // RFC 9110 section 10.2.3
        }
        return new Answer(
                code.status(),
                fields.build(),
                github
                        ? github(shown, requestId)
                        : json ? json(shown, requestId) : text(shown, requestId));
    }

    private static boolean isGithub(ErrorCode code) {
        return code == ErrorCode.GITHUB_OPERATION
                || code == ErrorCode.GITHUB_REPOSITORY
                || code == ErrorCode.GITHUB_GRAPHQL;
    }

    /** GitHub's own form of an error, which its clients show, with ours behind it. */
    private static String github(Refusal refusal, String requestId) {
        StringBuilder out = new StringBuilder(512).append('{');
        member(out, "error", "BLOCKED");
        member(out, "message", refusal.detail());
        member(out, "documentation_url", GITHUB_DOCUMENTATION);
        member(out, "hint", "This operation requires human operator approval.");
        member(out, "code", refusal.code().id());
        member(out, "rule", refusal.rule());
        member(out, "remedy", refusal.remedy());
        member(out, "request_id", requestId);
        return out.append("}\n").toString();
    }

    static String proxyStatus(ErrorCode code) {
        return "unified-proxy; error=" + code.proxyStatus() + "; details=\"" + code.id() + "\"";
    }

    private static boolean prefersJson(Headers request) {
        return request.hasToken("accept", "application/json");
    }

    private static String text(Refusal refusal, String requestId) {
        StringBuilder out = new StringBuilder(320);
        out.append(refusal.code().title()).append("\n\n");
        line(out, "code:    ", refusal.code().id());
        line(out, "reason:  ", refusal.detail());
        line(out, "rule:    ", refusal.rule());
        line(out, "to fix:  ", refusal.remedy());
        line(out, "request: ", requestId);
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append(name).append(value).append('\n');
        }
    }

    private static String json(Refusal refusal, String requestId) {
        StringBuilder out = new StringBuilder(320).append('{');
        member(out, "error", refusal.code().title());
        member(out, "code", refusal.code().id());
        member(out, "message", refusal.detail());
        member(out, "rule", refusal.rule());
        member(out, "remedy", refusal.remedy());
        member(out, "request_id", requestId);
        return out.append("}\n").toString();
    }

    private static void member(StringBuilder out, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        if (out.length() > 1) {
            out.append(", ");
        }
        out.append('"').append(name).append("\": \"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
