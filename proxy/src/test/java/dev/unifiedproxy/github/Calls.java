package dev.unifiedproxy.github;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.IdentifiedRequests;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.RequestRule;
import dev.unifiedproxy.policy.Verdict;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calls of a container to GitHub, as a test writes them, and what the rules say of them.
 *
 * @param metadata of the registration
 * @param pullRequests the operator's switch
 */
record Calls(Map<String, Object> metadata, boolean pullRequests) {
    static final String PASSED = "passed";
    static final String ENTERPRISE = "ghe.example.com";
    private static final String[] JSON = {"Content-Type", "application/json; charset=utf-8"};

    /** Of a container whose repositories are {@code octo/allowed} and {@code o/r}. */
    static Calls ours() {
        return new Calls(Map.of("repos", List.of("octo/allowed", "o/r")), false);
    }

    Calls with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new Calls(more, pullRequests);
    }

    Calls allowingPullRequests() {
        return with("allow_pr", true);
    }

    /** What is said of {@code METHOD path} on api.github.com: {@value #PASSED}, or the words. */
    String say(String line) {
        return say(line, "", JSON);
    }

    /** With a body in JSON. */
    String say(String line, String body) {
        return say(line, body, JSON);
    }

    String say(String line, String body, String... fields) {
        return words(decide("api.github.com", line, body, fields));
    }

    String on(String host, String line) {
        return words(decide(host, line, "", JSON));
    }

    String graphql(String query) {
        return graphql(query, "{}");
    }

    String graphql(String query, String variables) {
        return say("POST /graphql", body(query, variables));
    }

    static String body(String query, String variables) {
        return "{\"query\": " + quoted(query) + ", \"variables\": " + variables + "}";
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private static String words(Optional<Decision.Deny> denial) {
        return denial.map(each -> each.refusal().detail()).orElse(PASSED);
    }

    /** The first denial of the rules. */
    Optional<Decision.Deny> decide(String host, String line, String body, String... fields) {
        IdentifiedRequest request = request(host, line, body, fields);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (RequestRule rule :
                GithubRules.of(new GithubSettings(Set.of(Host.parse(ENTERPRISE)), pullRequests))) {
            switch (rule.judge(request)) {
                case Verdict.Pass() -> {}
                case Verdict.Deny(Decision.Deny denial) -> {
                    return Optional.of(denial);
                }
                case Verdict.ReadBody read -> {
                    Optional<Decision.Deny> denial =
                            read.rule().judge(WholeBody.of(ByteBuffer.wrap(bytes)));
                    if (denial.isPresent()) {
                        return denial;
                    }
                }
            }
        }
        return Optional.empty();
    }

    IdentifiedRequest request(String host, String line, String body, String... fields) {
        String[] words = line.split(" ", 2);
        Headers.Builder headers = new Headers.Builder(8).add("Host", host);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        int mark = words[1].indexOf('?');
        RequestTarget.Origin target =
                new RequestTarget.Origin(
                        NormalPath.parse(mark < 0 ? words[1] : words[1].substring(0, mark)),
                        mark < 0 ? "" : words[1].substring(mark + 1),
                        mark >= 0);
        long length = body.getBytes(StandardCharsets.UTF_8).length;
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r-1",
                        IpAddress.parse("10.0.0.5"),
                        Authority.parse(host, 443),
                        true,
                        new RequestHead(
                                Method.of(words[0]).orElseThrow(),
                                target,
                                false,
                                headers.build(),
                                length == 0 ? BodyFraming.NONE : new BodyFraming.Length(length)),
                        Optional.empty());
        return IdentifiedRequests.of(inbound, container());
    }

    Container container() {
        return new Container(
                "sandbox-123",
                IpAddress.parse("10.0.0.5"),
                Instant.EPOCH,
                Instant.EPOCH,
                Duration.ZERO,
                metadata);
    }
}
