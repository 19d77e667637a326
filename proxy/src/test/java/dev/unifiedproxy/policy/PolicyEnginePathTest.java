package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.IdentifiedRequests;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Methods and paths, where a host is allowed. */
class PolicyEnginePathTest {
    private static PolicyEngine engine(Allowlist allowlist) {
        PolicySnapshot snapshot = PolicySnapshot.of(allowlist, "allowlist.conf");
        return new PolicyEngine(() -> snapshot);
    }

    private static final Allowlist PATHS =
            new Allowlist(
                    Rules.of("api.example", "open.example", "*.tree.example", "guarded.example"),
                    List.of(
                            Rules.endpoint(
                                    "api.example",
                                    Set.of(Method.GET, Method.POST),
                                    "/repos/*/*",
                                    "/repos/*/*/**",
                                    "/user/"),
                            Rules.endpoint("*.tree.example", Set.of(Method.GET), "/tree/*"),
                            Rules.endpoint("leaf.tree.example", Set.of(Method.PUT), "/leaf")),
                    List.of(
                            Rules.blocked(
                                    "api.example",
                                    "/repos/*/*/hooks",
                                    "/repos/*/*/hooks/*",
                                    "/repos/*/*/branches/**/protection"),
                            Rules.blocked("*.tree.example", "/tree/secret"),
                            Rules.blocked("guarded.example", "/admin", "/admin/**", "/raw**")));

    private static final Container CONTAINER = Sandboxes.PLAIN;

    private static IdentifiedRequest request(Method method, String host, String path) {
        RequestTarget.Origin target = new RequestTarget.Origin(NormalPath.parse(path), "a=b", true);
        RequestHead head =
                new RequestHead(method, target, false, Headers.of("Host", host), BodyFraming.NONE);
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r1",
                        CONTAINER.address(),
                        Authority.parse(host, 443),
                        true,
                        head,
                        Optional.empty());
        return IdentifiedRequests.of(inbound, CONTAINER);
    }

    private static Authorization authorize(Method method, String host, String path) {
        return engine(PATHS).authorize(request(method, host, path));
    }

    private static Refusal refusal(Method method, String host, String path, String type) {
        Authorization authorization = authorize(method, host, path);
        assertThat(authorization).isInstanceOf(Authorization.Denied.class);
        Decision.Deny denial = ((Authorization.Denied) authorization).denial();
        assertThat(denial.type()).isEqualTo(type);
        return denial.refusal();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, api.example, /repos/o/r",
        "HEAD, api.example, /repos/o/r",
        "GET, api.example, /repos/o/r/",
        "GET, api.example, /user",
        "GET, api.example, /user/",
        "POST, api.example, /repos/o/r/issues/1",
        "GET, api.example, /repos/o/r/hooksy",
        "DELETE, open.example, /anything/at/all",
        "GET, open.example, /simple/a%2525b/",
        "GET, x.tree.example, /tree/1",
        "PUT, leaf.tree.example, /leaf",
        "GET, guarded.example, /public",
        "GET, guarded.example, /",
    })
    void authorizes(Method method, String host, String path) {
        Authorization authorization = authorize(method, host, path);

        assertThat(authorization).isInstanceOf(Authorization.Authorized.class);
        AuthorizedRequest request = ((Authorization.Authorized) authorization).request();
        assertThat(request.container()).isEqualTo(CONTAINER);
        assertThat(request.inbound().target().path().text())
                .isEqualTo(NormalPath.parse(path).text());
        assertThat(request.decision().hostLabel()).isIn(host, "*.tree.example");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, api.example, /repos/o",
        "GET, api.example, /other",
        "GET, api.example, /REPOS/o/r",
        "GET, api.example, /users",
        "GET, api.example, /",
        "GET, x.tree.example, /tree",
        "PUT, leaf.tree.example, /tree/1",
    })
    void refusesPathThatIsNotListed(Method method, String host, String path) {
        Refusal refusal = refusal(method, host, path, "endpoint_path");

        assertThat(refusal.code()).isEqualTo(ErrorCode.PATH_NOT_ALLOWED);
        assertThat(refusal.detail())
                .isEqualTo("Path '" + path + "' not in allowed paths for " + host);
        assertThat(refusal.rule()).startsWith("allowlist.yaml:30 ");
        assertThat(refusal.remedy())
                .startsWith("add \"" + path + "\" to the paths of ")
                .endsWith("(allowlist.yaml:30)");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, api.example, /repos/o/r/hooks",
        "GET, api.example, /repos/o/r/hooks/",
        "GET, api.example, /repos/o/r/hooks/5",
        "GET, api.example, /repos/o/r/hooks/5/",
        "GET, api.example, /repos/o/r/%68ooks",
        "GET, api.example, /repos/o/r/branches/a/b/protection",
        "GET, api.example, /repos/o/r/branches/a/b/protection/",
        "GET, x.tree.example, /tree/secret",
        "GET, guarded.example, /admin",
        "GET, guarded.example, /admin/",
        "POST, guarded.example, /admin/users/1",
        "GET, guarded.example, /raw/",
        "GET, guarded.example, /raws",
    })
    void refusesBlockedPathInEverySpelling(Method method, String host, String path) {
        Refusal refusal = refusal(method, host, path, "endpoint_path");

        assertThat(refusal.code()).isEqualTo(ErrorCode.PATH_NOT_ALLOWED);
        assertThat(refusal.detail())
                .isEqualTo(
                        "Path '"
                                + NormalPath.parse(path).text()
                                + "' is blocked by policy for "
                                + host);
        assertThat(refusal.rule()).startsWith("allowlist.yaml:90 ");
        assertThat(refusal.remedy()).contains("from the blocked paths of");
    }

    @Test
    void mostSpecificEndpointDecidesButEveryBlockCounts() {
        assertThat(refusal(Method.GET, "leaf.tree.example", "/leaf", "endpoint_path").detail())
                .isEqualTo("Method 'GET' not allowed for leaf.tree.example");
        PolicyEngine engine =
                engine(
                        new Allowlist(
                                Rules.of("leaf.tree.example"),
                                List.of(
                                        Rules.endpoint(
                                                "leaf.tree.example", Set.of(Method.GET), "/**")),
                                List.of(Rules.blocked("*.tree.example", "/tree/secret"))));

        assertThat(engine.authorize(request(Method.GET, "leaf.tree.example", "/tree/secret")))
                .isInstanceOf(Authorization.Denied.class);
        assertThat(engine.authorize(request(Method.GET, "leaf.tree.example", "/tree/open")))
                .isInstanceOf(Authorization.Authorized.class);
    }

    @Test
    void refusesMethodThatIsNotListed() {
        assertThat(refusal(Method.DELETE, "api.example", "/repos/o/r", "endpoint_path"))
                .isEqualTo(
                        new Refusal(
                                ErrorCode.METHOD_NOT_ALLOWED,
                                "Method 'DELETE' not allowed for api.example",
                                "allowlist.yaml:30 api.example",
                                "add \"DELETE\" to the methods of api.example"
                                        + " (allowlist.yaml:30)"));
    }

    @ParameterizedTest
    @CsvSource({
        "api.example, /repos/o%2Fr",
        "api.example, /repos/o/r/%2568ooks",
        "api.example, /repos/o/r;x",
        "api.example, /repos/o/r%5Chooks",
        "api.example, /repos/o/%FF",
        "guarded.example, /x%2Fadmin",
    })
    void refusesAmbiguousPathWherePathsAreJudged(String host, String path) {
        Refusal refusal = refusal(Method.GET, host, path, "endpoint_path");

        assertThat(refusal.code()).isEqualTo(ErrorCode.PATH_NOT_ALLOWED);
        assertThat(refusal.detail()).startsWith("Path rejected: '").contains(" request to " + host);
        assertThat(refusal.rule()).startsWith("allowlist.yaml:");
    }

    @Test
    void cutsLongPathsInTheReason() {
        Refusal refusal =
                refusal(Method.GET, "api.example", "/" + "a".repeat(5_000), "endpoint_path");

        assertThat(refusal.detail()).hasSizeLessThan(300).contains("aaa…'");
    }

    @Test
    void hostIsJudgedBeforeThePath() {
        assertThat(refusal(Method.GET, "evil.example", "/repos/o%2Fr", "allowlist").code())
                .isEqualTo(ErrorCode.HOST_NOT_ALLOWED);
        assertThat(refusal(Method.GET, "api.example:8443", "/repos/o/r", "allowlist").code())
                .isEqualTo(ErrorCode.PORT_NOT_ALLOWED);
    }

    @Test
    void endpointDoesNotAllowItsHost() {
        PolicyEngine engine =
                engine(
                        new Allowlist(
                                List.of(),
                                List.of(Rules.endpoint("api.example", Set.of(Method.GET), "/**")),
                                List.of()));

        assertThat(engine.authorize(request(Method.GET, "api.example", "/x")))
                .isInstanceOfSatisfying(
                        Authorization.Denied.class,
                        denied ->
                                assertThat(denied.denial().refusal().code())
                                        .isEqualTo(ErrorCode.HOST_NOT_ALLOWED));
        assertThat(
                        Denials.notListed(PolicySnapshot.denyAll("x"), Asked.about(Host.parse("a")))
                                .type())
                .isEqualTo("allowlist");
    }

    @ParameterizedTest
    @CsvSource({
        "X-HTTP-Method-Override, DELETE",
        "x-http-method, delete",
        "X-Method-Override, PUT",
        "X-HTTP-Method-Override, 'POST, DELETE'",
        "X-HTTP-Method-Override, BREW",
    })
    void methodOverrideMustBeAllowedToo(String field, String value) {
        assertThat(withField("api.example", field, value))
                .isInstanceOfSatisfying(
                        Authorization.Denied.class,
                        denied ->
                                assertThat(denied.denial().refusal().code())
                                        .isEqualTo(ErrorCode.METHOD_NOT_ALLOWED));
    }

    /** {@link MethodOverride} rules where methods are ruled. */
    @ParameterizedTest
    @CsvSource({
        "api.example, X-HTTP-Method-Override, POST",
        "api.example, X-HTTP-Method-Override, get",
        "open.example, X-HTTP-Method-Override, DELETE",
        "api.example, X-HTTP-Methods, DELETE",
    })
    void methodOverrideIsHarmless(String host, String field, String value) {
        assertThat(withField(host, field, value)).isInstanceOf(Authorization.Authorized.class);
    }

    private static Authorization withField(String host, String field, String value) {
        RequestHead head =
                new RequestHead(
                        Method.POST,
                        new RequestTarget.Origin(NormalPath.parse("/repos/o/r"), "", false),
                        false,
                        Headers.of("Host", host, field, value),
                        BodyFraming.NONE);
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r1",
                        CONTAINER.address(),
                        Authority.parse(host, 443),
                        true,
                        head,
                        Optional.empty());
        return engine(PATHS).authorize(IdentifiedRequests.of(inbound, CONTAINER));
    }
}
