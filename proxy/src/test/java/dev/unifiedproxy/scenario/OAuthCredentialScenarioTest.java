package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;

/** Which variable wins, and what a missing one means: cases I-02 to I-05. */
@Timeout(60)
class OAuthCredentialScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing(
                            "api.anthropic.com",
                            "api.github.com",
                            "github.com",
                            "generativelanguage.googleapis.com",
                            "api.perplexity.ai")
                    .withoutCredential("GITHUB_TOKEN")
                    .withoutCredential("GOOGLE_API_KEY")
                    .credential("CLAUDE_CODE_OAUTH_TOKEN", "oauth-canary-of-this-class")
                    .credential("GEMINI_API_KEY", "gemini-canary-of-this-class");

    @Test
    void oauthTokenWinsOverTheKey() throws IOException {
        Reply reply = PROXY.client().inside("api.anthropic.com", "GET /x", "x-api-key: mine");
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.all("authorization")).containsExactly("Bearer oauth-canary-of-this-class");
        assertThat(seen.all("x-api-key")).isEmpty();
    }

    @Test
    void secondVariableIsTheFallback() throws IOException {
        Reply reply = PROXY.client().inside("generativelanguage.googleapis.com", "GET /x");
        assertThat(PROXY.assertForwarded(reply).all("x-goog-api-key"))
                .containsExactly("gemini-canary-of-this-class");
    }

    @Test
    void missingCredentialIsAnErrorInJson() throws IOException {
        Reply reply = PROXY.client().inside("api.perplexity.ai", "GET /x");
        PROXY.assertRefused(reply, "500 credential.missing");
        assertThat(reply.field("content-type")).isEqualTo("application/json");
        assertThat(reply.body())
                .contains("\"error\": \"Credential not configured for this provider\"");
    }

    @Test
    void gitHubReadsGoAnonymouslyAndWritesDoNot() throws IOException {
        Reply read =
                PROXY.client().inside("api.github.com", "GET /user", "Authorization: Bearer mine");
        assertThat(PROXY.assertForwarded(read).all("authorization")).isEmpty();
        PROXY.upstream().forget();
        Reply write = PROXY.client().inside("api.github.com", "DELETE /user/starred/o/r");
        PROXY.assertRefused(write, "500 credential.missing");
        Reply push =
                PROXY.client()
                        .inside("github.com", "GET /o/r.git/info/refs?service=git-receive-pack");
        PROXY.assertRefused(push, "500 credential.missing");
    }
}
