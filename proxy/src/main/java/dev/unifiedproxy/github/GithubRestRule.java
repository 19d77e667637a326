package dev.unifiedproxy.github;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.RequestRule;
import dev.unifiedproxy.policy.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a sandbox may do through GitHub's REST API. Order: words of the deny table, then what no row
 * allows, then pull requests, then whose repository it is, then the body.
 */
public final class GithubRestRule implements RequestRule {
    private static final String REPOS = "repos";
    private static final String BY_NUMBER = "repositories";

    private final GithubHosts hosts;
    private final boolean pullRequestsByDefault;

    GithubRestRule(GithubHosts hosts, boolean pullRequestsByDefault) {
        this.hosts = hosts;
        this.pullRequestsByDefault = pullRequestsByDefault;
    }

    @Override
    public boolean concerns(Host host) {
        return hosts.concerns(host);
    }

    @Override
    public Verdict judge(IdentifiedRequest request) {
        InboundRequest inbound = request.inbound();
        Host host = inbound.authority().host();
        if (!hosts.concerns(host)) {
            return Verdict.PASS;
        }
        NormalPath path = inbound.target().path();
        Optional<ApiCall> call = hosts.call(host, path);
        if (call.isEmpty() || call.get().door() == ApiCall.Door.GRAPHQL) {
            return Verdict.PASS;
        }
        Optional<Decision.Deny> doubt = doubt(inbound, call.get());
        if (doubt.isPresent()) {
            return new Verdict.Deny(doubt.get());
        }
        return judge(
                inbound,
                call.get(),
                ContainerScope.of(request.container(), host, pullRequestsByDefault));
    }

    /** What GitHub might read differently from us. */
    private static Optional<Decision.Deny> doubt(InboundRequest request, ApiCall call) {
        if (request.target().path().ambiguous()) {
            return Optional.of(
                    GithubDenials.operation(
                            "Path '" + call.shown() + "' can be read in more than one way",
                            "send it without ';' and without an encoded '/', '\\', '?', '#' or"
                                    + " '%'"));
        }
        return MethodOverrides.first(request.head().headers())
                .map(
                        field ->
                                GithubDenials.operation(
                                        "Field '" + field + "' asks for another method",
                                        "send the method itself"));
    }

    private static Verdict judge(InboundRequest request, ApiCall call, ContainerScope scope) {
        Method method = request.method();
        ApiCall meant = byName(call);
        Optional<RestTable.Denied> denied = RestTable.denial(method, meant);
        if (denied.isPresent()) {
            return new Verdict.Deny(GithubDenials.listed(denied.get().words(meant)));
        }
        Optional<RestTable.Allowed> row = RestTable.allowance(method, meant);
        if (row.isEmpty()) {
            return new Verdict.Deny(GithubDenials.unlisted(method, call));
        }
        if (row.get().pullRequest() && !scope.pullRequests()) {
            return new Verdict.Deny(GithubDenials.noPullRequests());
        }
        Optional<Decision.Deny> foreign = foreign(method, call, scope);
        if (foreign.isPresent()) {
            return new Verdict.Deny(foreign.get());
        }
        return body(request, row.get().body(), new RestBodies(scope, call));
    }

    /** {@code /repositories/{id}/…} is {@code /repos/{o}/{r}/…} by another name. */
    private static ApiCall byName(ApiCall call) {
        if (!call.startsWith(BY_NUMBER) || call.segments().size() < 2) {
            return call;
        }
        List<String> segments = new ArrayList<>(List.of(REPOS, "-"));
        segments.addAll(call.segments().subList(1, call.segments().size()));
        return new ApiCall(call.door(), segments, call.shown());
    }

    private static Optional<Decision.Deny> foreign(
            Method method, ApiCall call, ContainerScope scope) {
        boolean reading = method.isSafe();
        if (reading && scope.readsAny()) {
            return Optional.empty();
        }
        List<String> segments = call.segments();
        if (call.startsWith(BY_NUMBER)) {
            boolean ours = reading && scope.repositoryIds().contains(segments.get(1));
            return ours
                    ? Optional.empty()
                    : Optional.of(GithubDenials.repositoryNumber(segments.get(1)));
        }
        if (!call.startsWith(REPOS)) {
            return Optional.empty();
        }
        String owner = segments.get(1);
        String name = segments.get(2);
        if (!scope.owns(owner, name)) {
            return Optional.of(GithubDenials.repository(owner + "/" + name, reading));
        }
        return segments.size() > 4 && segments.get(3).equals("compare")
                ? comparison(call.decodedFrom(4), scope)
                : Optional.empty();
    }

    /** {@code owner:branch} and {@code owner:repository:branch} on either side name others. */
    private static Optional<Decision.Deny> comparison(String basehead, ContainerScope scope) {
        for (String side : basehead.split("\\.{2,}", -1)) {
            String[] parts = side.split(":", -1);
            boolean ours =
                    switch (parts.length) {
                        case 1 -> true;
                        case 2 -> scope.ownsOneOf(parts[0]);
                        default -> scope.owns(parts[0], parts[1]);
                    };
            if (!ours) {
                return Optional.of(GithubDenials.repository(parts[0] + "/…", true));
            }
        }
        return Optional.empty();
    }

    private static Verdict body(InboundRequest request, RestTable.Body kind, RestBodies bodies) {
        if (kind == RestTable.Body.UNREAD) {
            return Verdict.PASS;
        }
        Optional<String> objection = JsonBody.objection(request);
        if (objection.isPresent()) {
            return new Verdict.Deny(
                    GithubDenials.operation(
                            objection.get(), "send one JSON object, uncompressed, in UTF-8"));
        }
        if (request.head().framing() instanceof BodyFraming.Length(long length)
                && length > JsonBody.MAX_BYTES) {
            return new Verdict.Deny(GithubDenials.bodyTooLarge(length, JsonBody.MAX_BYTES));
        }
        return new Verdict.ReadBody(JsonBody.MAX_BYTES, body -> bodies.judge(kind, body));
    }
}
