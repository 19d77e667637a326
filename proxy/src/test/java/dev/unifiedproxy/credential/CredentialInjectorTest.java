package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AuthorizedRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

final class CredentialInjectorTest {
    private static final String PLACEHOLDER = "CREDENTIAL_PROXY_PLACEHOLDER";
    private static final String KEY = "sk-ant-REAL-canary";
    private static final String CONTEXT = "[request_id=\"r-1\", container_id=\"sandbox-123\"]";

    private final CapturedLog log = new CapturedLog(CredentialInjector.class);
    private final CredentialInjector configured =
            new CredentialInjector(
                    CredentialBindings.fromEnvironment(
                            Map.of("ANTHROPIC_API_KEY", KEY, "GITHUB_TOKEN", "ghp_REAL")));
    private final CredentialInjector empty =
            new CredentialInjector(CredentialBindings.fromEnvironment(Map.of()));

    @AfterEach
    void closeLog() {
        assertThat(log.lines()).noneMatch(line -> line.contains("canary"));
        log.close();
    }

    @Test
    void credentialStandsLastAndOnce() {
        OutboundRequest sent =
                ready(
                        configured,
                        post(
                                "https://api.anthropic.com/v1/messages?beta=true",
                                "x-api-key",
                                PLACEHOLDER,
                                "X-API-KEY",
                                "sk-user",
                                "Authorization",
                                "Bearer user",
                                "authorization",
                                "Bearer other",
                                "Cookie",
                                "session=1",
                                "x-goog-api-key",
                                "g",
                                "Content-Type",
                                "application/json",
                                "Expect",
                                "100-continue"));

        assertThat(sent.headers())
                .isEqualTo(
                        Headers.of(
                                "Host", "api.anthropic.com",
                                "Content-Type", "application/json",
                                "Expect", "100-continue",
                                "x-api-key", KEY));
        assertThat(sent.credentialId()).isEqualTo("env:ANTHROPIC_API_KEY");
        assertThat(sent.target()).isEqualTo("/v1/messages?beta=true");
        assertThat(sent.headers().toString()).doesNotContain("canary");
        assertThat(log.lines())
                .containsExactly(
                        "INFO Injected x-api-key for api.anthropic.com (container: sandbox-123) "
                                + CONTEXT);
    }

    @Test
    void clientCannotNominateOurFieldAway() {
        OutboundRequest sent =
                ready(
                        configured,
                        get(
                                "https://api.github.com/user",
                                "Connection",
                                "authorization, host, x-a",
                                "X-A",
                                "1",
                                "Authorization",
                                "token " + PLACEHOLDER));

        assertThat(sent.headers())
                .isEqualTo(
                        Headers.of("Host", "api.github.com", "Authorization", "Bearer ghp_REAL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Container-Id",
                "Proxy-Authorization",
                "proxy-connection",
                "Proxy-Anything",
                "Forwarded",
                "X-Forwarded-For",
                "x-forwarded-host",
                "X-Real-IP",
                "Via",
                "Content-Length",
                "Transfer-Encoding",
                "TE",
                "Upgrade"
            })
    void whatIsForUsOrNamesTheSandboxStaysHere(String name) {
        assertThat(ready(configured, get("https://pypi.org/simple/", name, "x")).headers())
                .isEqualTo(Headers.of("Host", "pypi.org"));
    }

    @Test
    void unboundHostKeepsTheClientsOwnCredentials() {
        OutboundRequest sent =
                ready(
                        configured,
                        get(
                                "https://pypi.org:8443/simple/",
                                "Authorization",
                                "Basic dXNlcjpwYXNz",
                                "x-api-key",
                                "k",
                                "Cookie",
                                "a=b"));

        assertThat(sent.headers())
                .isEqualTo(
                        Headers.of(
                                "Host", "pypi.org:8443",
                                "Authorization", "Basic dXNlcjpwYXNz",
                                "x-api-key", "k",
                                "Cookie", "a=b"));
        assertThat(sent.credentialId()).isEmpty();
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://api.anthropic.com/",
        "http://api.anthropic.com:443/",
        "https://api.anthropic.com:8443/",
        "https://api.anthropic.com:80/",
        "http://github.com/",
        "http://api.perplexity.ai:8097/"
    })
    void boundHostWithoutTlsOrOnAnotherPortIsRefused(String url) {
        for (CredentialInjector injector : new CredentialInjector[] {configured, empty}) {
            Refusal refusal = refused(injector, get(url));
            assertThat(refusal.code()).isEqualTo(ErrorCode.CREDENTIAL_NEEDS_TLS);
            assertThat(refusal.detail()).contains("(expected: https://").doesNotContain("canary");
        }
    }

    @Test
    void missingCredentialIsAnErrorAndNotAnAnonymousRequest() {
        Refusal refusal =
                refused(
                        configured,
                        post("https://api.perplexity.ai/chat", "Authorization", "Bearer user"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.CREDENTIAL_MISSING);
        assertThat(refusal.code().status()).isEqualTo(500);
        assertThat(refusal.code().title()).isEqualTo("Credential not configured for this provider");
        assertThat(refusal.detail())
                .isEqualTo("No credential for api.perplexity.ai: PERPLEXITY_API_KEY not set");
        assertThat(log.lines())
                .containsExactly(
                        "WARN Missing credential for api.perplexity.ai, returning 500 " + CONTEXT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|https://api.github.com/repos/o/r",
                "HEAD|https://uploads.github.com/x",
                "OPTIONS|https://api.github.com/",
                "GET|https://github.com/o/r.git/info/refs?service=git-upload-pack",
                "GET|https://github.com/o/r.git/info/refs",
                "GET|https://github.com/o/r/archive/main.zip?x=git-receive-pack",
                "POST|https://github.com/o/r.git/git-upload-pack",
            })
    void readsOfGitHubGoAnonymously(Method method, String url) {
        OutboundRequest sent =
                ready(
                        empty,
                        Requests.of(
                                method,
                                url,
                                "Authorization",
                                "token gho_" + PLACEHOLDER,
                                "x-api-key",
                                "user",
                                "Accept",
                                "*/*"));

        assertThat(sent.headers())
                .isEqualTo(Headers.of("Host", sent.authority().host().text(), "Accept", "*/*"));
        assertThat(sent.credentialId()).isEmpty();
        assertThat(log.lines())
                .containsExactly(
                        "INFO Removing placeholder Authorization header for "
                                + sent.authority().host().text()
                                + " (container: sandbox-123) "
                                + CONTEXT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST|https://api.github.com/graphql",
                "POST|https://api.github.com/o/r/git-upload-pack",
                "PUT|https://github.com/o/r.git/git-upload-pack",
                "DELETE|https://api.github.com/repos/o/r",
                "PATCH|https://uploads.github.com/x",
                "GET|https://github.com/o/r.git/info/refs?service=git-receive-pack",
                "GET|https://github.com/o/r.git/info/refs?service=git%2Dreceive-pack",
                "GET|https://github.com/o/r.git/info/refs?a=b&service=git-receive-pack",
                "POST|https://github.com/o/r.git/git-receive-pack",
                "GET|https://api.openai.com/v1/models",
            })
    void everythingElseNeedsTheCredential(Method method, String url) {
        assertThat(refused(empty, Requests.of(method, url)).code())
                .isEqualTo(ErrorCode.CREDENTIAL_MISSING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Authorization|Bearer CREDENTIAL_PROXY_PLACEHOLDER",
                // user:CREDENTIAL_PROXY_PLACEHOLDER
                "Authorization|Basic dXNlcjpDUkVERU5USUFMX1BST1hZX1BMQUNFSE9MREVS",
                "User-Agent|agent/1 PROXY_PLACEHOLDER_OPENCODE",
                "Referer|https://x/?k=CRED_PROXY_0123456789abcdef0123456789abcdef",
                "X-CREDENTIAL_PROXY_PLACEHOLDER|1",
            })
    void placeholderNeverLeavesInAField(String name, String value) {
        OutboundRequest sent =
                ready(configured, get("https://pypi.org/", "Accept", "*/*", name, value));

        assertThat(sent.headers()).isEqualTo(Headers.of("Host", "pypi.org", "Accept", "*/*"));
        assertThat(log.lines())
                .containsExactly(
                        "INFO Removing placeholder "
                                + name
                                + " header for pypi.org (container: sandbox-123) "
                                + CONTEXT);
    }

    @Test
    void placeholderInAnotherFieldOfABoundHostIsLoggedBesideTheInjection() {
        ready(
                configured,
                get(
                        "https://api.github.com/",
                        "Authorization",
                        PLACEHOLDER,
                        "Referer",
                        "https://x/" + PLACEHOLDER));

        assertThat(log.lines())
                .containsExactly(
                        "INFO Removing placeholder Referer header for api.github.com (container:"
                                + " sandbox-123) "
                                + CONTEXT,
                        "INFO Injected Authorization for api.github.com (container: sandbox-123) "
                                + CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://pypi.org/CREDENTIAL_PROXY_PLACEHOLDER/x",
                "https://pypi.org/x?key=CREDENTIAL_PROXY_PLACEHOLDER",
                "https://generativelanguage.googleapis.com/v1?key=CREDENTIAL%5FPROXY%5fPLACEHOLDER",
                "http://pypi.org/?PROXY_PLACEHOLDER_OPENCODE",
            })
    void placeholderInPathOrQueryIsRefused(String url) {
        assertThat(refused(configured, get(url)).code()).isEqualTo(ErrorCode.PLACEHOLDER_MISPLACED);
    }

    private static AuthorizedRequest get(String url, String... fields) {
        return Requests.of(Method.GET, url, fields);
    }

    private static AuthorizedRequest post(String url, String... fields) {
        return Requests.of(Method.POST, url, fields);
    }

    private static OutboundRequest ready(CredentialInjector injector, AuthorizedRequest request) {
        Injection injection = injector.attach(request);
        assertThat(injection).isInstanceOf(Injection.Ready.class);
        return ((Injection.Ready) injection).request();
    }

    private static Refusal refused(CredentialInjector injector, AuthorizedRequest request) {
        Injection injection = injector.attach(request);
        assertThat(injection).isInstanceOf(Injection.Refused.class);
        return ((Injection.Refused) injection).refusal();
    }
}
