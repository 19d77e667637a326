package dev.unifiedproxy.app;

import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.PolicyLoader;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.RequestHeadParser;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.identity.Identification;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.Identifier;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.policy.Authorization;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.PassThroughPermit;
import dev.unifiedproxy.policy.PendingRequest;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.PolicySnapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the policy of a configuration about requests that nobody sends: the same parser, the same
 * stages and the same engine as on the wire, without a socket.
 */
public final class PolicyTrial {
    private static final String HTTPS = "https://";
    private static final String HTTP = "http://";

    /** An address of RFC 5737 that nobody has. */
    private static final IpAddress SOURCE = IpAddress.parse("192.0.2.1");

    private final PolicySnapshot snapshot;
    private final PolicyEngine engine;
    private final TicketAuthority tickets = TicketAuthority.ephemeral();

    private PolicyTrial(PolicySnapshot snapshot, PolicyEngine engine) {
        this.snapshot = snapshot;
        this.engine = engine;
    }

    /**
     * What would be sent.
     *
     * @param containerId who sends it
     * @param metadata what it is registered with
     * @param method the method
     * @param url the whole URL; what stands behind a '#' is not sent
     * @param fields lines of the head, {@code Name: value}
     * @param body the body; empty for none
     */
    public record Question(
            String containerId,
            Map<String, Object> metadata,
            String method,
            String url,
            List<String> fields,
            Optional<ByteBuffer> body) {
        /** Copies the collections. */
        public Question {
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
            fields = List.copyOf(fields);
        }

        private Container container() {
            return new Container(
                    containerId, SOURCE, Instant.EPOCH, Instant.EPOCH, Duration.ZERO, metadata);
        }
    }

    /**
     * What policy says.
     *
     * @param allowed whether it would pass
     * @param code the stable id of a refusal; empty when it would pass
     * @param reason one sentence
     * @param rule the rule that decided, and where it stands
     * @param remedy what would allow it; empty when it would pass
     */
    public record Answer(boolean allowed, String code, String reason, String rule, String remedy) {}

    /**
     * The policy that a proxy with these settings would start with; nothing is written.
     *
     * @throws ConfigurationException with everything that is wrong in the files
     */
    public static PolicyTrial of(Settings settings) {
        PolicySnapshot snapshot = PolicyLoader.preview(settings).snapshot();
        return new PolicyTrial(snapshot, PolicyStart.engine(settings, () -> snapshot));
    }

    /** The version of the policy. */
    public String version() {
        return snapshot.version();
    }

    /** What the wire would be told. */
    public Answer ask(Question question) {
        try {
            return judge(question);
        } catch (RefusedException e) {
            return refused(e.refusal());
        } catch (HostSyntaxException e) {
            return refused(Refusal.of(ErrorCode.MALFORMED, String.valueOf(e.getMessage())));
        }
    }

    /**
     * What a CONNECT would be told.
     *
     * @param containerId who sends it
     * @param metadata what it is registered with
     * @param authority host and port
     */
    public Answer askTunnel(String containerId, Map<String, Object> metadata, String authority) {
        Question asked =
                new Question(
                        containerId, metadata, "CONNECT", authority, List.of(), Optional.empty());
        try {
            Authority destination = Authority.parse(authority, 443);
            return switch (engine.decide(destination, asked.container())) {
                case Decision.Deny denial -> refused(denial.refusal());
                case Decision.Allow allow ->
                        new Answer(true, "", allow.reason(destination.host()), allow.rule(), "");
            };
        } catch (HostSyntaxException e) {
            return refused(Refusal.of(ErrorCode.MALFORMED, String.valueOf(e.getMessage())));
        }
    }

    private Answer judge(Question question) {
        String url = question.url();
        boolean secure = url.startsWith(HTTPS);
        if (!secure && !url.startsWith(HTTP)) {
            throw new RefusedException(
                    ErrorCode.MALFORMED,
                    "'" + url + "' is not a URL (expected: https://… or http://…)");
        }
        String rest = url.substring((secure ? HTTPS : HTTP).length()).split("#", 2)[0];
        int end = authorityEnd(rest);
        String authorityText = rest.substring(0, end);
        Authority authority = Authority.parse(authorityText, secure ? 443 : 80);
        String path = rest.substring(end);
        String target = path.startsWith("/") ? path : "/" + path;
        InboundRequest inbound =
                inbound(
                        question,
                        secure,
                        authority,
                        secure ? target : HTTP + authorityText + target);
        if (secure) {
            if (engine.decide(authority, question.container()) instanceof Decision.Deny denial) {
                return refused(denial.refusal());
            }
            Optional<PassThroughPermit> unread =
                    engine.passThrough(authority, question.container());
            if (unread.isPresent()) {
                return new Answer(
                        true, "", "Its TLS is passed through unread", unread.get().rule(), "");
            }
        }
        return authorize(identified(inbound, question.container()), question);
    }

    private static int authorityEnd(String rest) {
        int end = 0;
        while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    private static InboundRequest inbound(
            Question question, boolean secure, Authority authority, String target) {
        StringBuilder head = new StringBuilder();
        head.append(question.method()).append(' ').append(target).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(authority).append("\r\n");
        question.body()
                .ifPresent(
                        body ->
                                head.append("Content-Length: ")
                                        .append(body.remaining())
                                        .append("\r\n"));
        question.fields().forEach(field -> head.append(field).append("\r\n"));
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        var parsed = RequestHeadParser.parse(bytes, bytes.length);
        return secure
                ? InboundRequest.tunnelled(
                        "trial", SOURCE, authority, true, parsed, Optional.empty())
                : InboundRequest.forwarded("trial", SOURCE, parsed);
    }

    private IdentifiedRequest identified(InboundRequest inbound, Container container) {
        Identifier identifier = new Identifier(new OneContainer(container), tickets, false);
        return switch (identifier.identify(inbound, container)) {
            case Identification.Identified<IdentifiedRequest>(IdentifiedRequest request) -> request;
            case Identification.Unidentified<IdentifiedRequest>(Refusal refusal) ->
                    throw new RefusedException(refusal);
        };
    }

    private Answer authorize(IdentifiedRequest request, Question question) {
        return switch (engine.authorize(request)) {
            case Authorization.Authorized authorized -> allowed(authorized, request);
            case Authorization.Denied(Decision.Deny denial) -> refused(denial.refusal());
            case Authorization.NeedsBody(PendingRequest pending) ->
                    withBody(
                            pending,
                            request,
                            WholeBody.of(
                                    question.body()
                                            .orElseGet(() -> ByteBuffer.allocate(0))
                                            .duplicate()));
        };
    }

    private static Answer withBody(
            PendingRequest pending, IdentifiedRequest request, WholeBody body) {
        if (body.length() > pending.maxBytes()) {
            return refused(pending.tooLarge().refusal());
        }
        return switch (pending.judge(body)) {
            case Authorization.Authorized authorized -> allowed(authorized, request);
            case Authorization.Denied(Decision.Deny denial) -> refused(denial.refusal());
            case Authorization.NeedsBody again ->
                    throw new IllegalStateException("A judged body is to be read again");
        };
    }

    private static Answer allowed(Authorization.Authorized authorized, IdentifiedRequest request) {
        Decision.Allow decision = authorized.request().decision();
        return new Answer(
                true,
                "",
                decision.reason(request.inbound().authority().host()),
                decision.rule(),
                "");
    }

    private static Answer refused(Refusal refusal) {
        return new Answer(
                false, refusal.code().id(), refusal.detail(), refusal.rule(), refusal.remedy());
    }

    /** Knows the one that asks. */
    private record OneContainer(Container container) implements ContainerLookup {
        @Override
        public Finding find(IpAddress address) {
            return address.equals(container.address())
                    ? new Finding.Registered(container)
                    : new Finding.Absent();
        }

        @Override
        public void seen(Container asked) {}

        @Override
        public Finding restore(Container claimed, Instant issuedAt) {
            return new Finding.Absent();
        }
    }
}
