package dev.unifiedproxy.github;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.json.JsonSyntaxException;
import dev.unifiedproxy.json.JsonValue;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.RequestRule;
import dev.unifiedproxy.policy.Verdict;

import java.util.Optional;

/**
 * What a sandbox may do through GitHub's GraphQL API: one operation in one JSON object by POST,
 * whose mutations stand in a table. What is not understood is refused.
 */
public final class GithubGraphqlRule implements RequestRule {
    private static final String REMEDY =
            "POST one JSON object with query, variables and operationName, uncompressed, in UTF-8";

    private final GithubHosts hosts;
    private final boolean pullRequestsByDefault;

    GithubGraphqlRule(GithubHosts hosts, boolean pullRequestsByDefault) {
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
        boolean graphql =
                hosts.concerns(host)
                        && hosts.call(host, inbound.target().path())
                                .filter(call -> call.door() == ApiCall.Door.GRAPHQL)
                                .isPresent();
        if (!graphql) {
            return Verdict.PASS;
        }
        Optional<String> objection = objection(inbound);
        if (objection.isPresent()) {
            return new Verdict.Deny(unclear(objection.get()));
        }
        ContainerScope scope = ContainerScope.of(request.container(), host, pullRequestsByDefault);
        return new Verdict.ReadBody(JsonBody.MAX_BYTES, body -> judge(body, scope));
    }

    /** A query string is refused with everything in it: servers mix it into the body. */
    private static Optional<String> objection(InboundRequest request) {
        if (request.method() != Method.POST) {
            return Optional.of("only POST is accepted");
        }
        if (request.target().hasQuery()) {
            return Optional.of("the URL has a query string");
        }
        if (MethodOverrides.first(request.head().headers()).isPresent()) {
            return Optional.of("a field asks for another method");
        }
        return JsonBody.objection(request);
    }

    private static Optional<Decision.Deny> judge(WholeBody body, ContainerScope scope) {
        try {
            Optional<JsonValue.Mapping> object = JsonBody.read(body);
            if (object.isEmpty()) {
                return Optional.of(unclear("the body is not a JSON object"));
            }
            return GraphqlJudge.judge(GraphqlOperation.of(object.get()), scope);
        } catch (JsonSyntaxException e) {
            return Optional.of(unclear("the body " + e.getMessage()));
        } catch (GraphqlException e) {
            return Optional.of(unclear(e.why()));
        }
    }

    private static Decision.Deny unclear(String why) {
        return GithubDenials.graphql("GraphQL request cannot be judged: " + why, REMEDY);
    }
}
