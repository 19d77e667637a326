package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.policy.Verdict;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

class GithubGraphqlFuzzTest {
    private static final Verdict.ReadBody RULE = rule();

    private static Verdict.ReadBody rule() {
        GithubGraphqlRule rule = new GithubGraphqlRule(new GithubHosts(Set.of()), false);
        return (Verdict.ReadBody)
                rule.judge(
                        Calls.ours()
                                .request(
                                        "api.github.com",
                                        "POST /graphql",
                                        "{}",
                                        "Content-Type",
                                        "application/json"));
    }

    /** A judgement, whatever the body; and no mutation beyond the table passes by its name. */
    @FuzzTest
    void judges(byte[] body) {
        var denial = RULE.rule().judge(WholeBody.of(ByteBuffer.wrap(body)));
        denial.ifPresent(each -> assertThat(each.refusal().detail()).isNotEmpty());
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.startsWith("{\"query\":\"mutation{deleteRef(")) {
            assertThat(denial).isPresent();
        }
    }
}
