package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;

import java.util.Set;

class EndpointRuleTest {
    @Test
    void getIncludesHeadAndNothingElseIncludesAnything() {
        EndpointRule read = Rules.endpoint("a.example", Set.of(Method.GET), "/x");
        EndpointRule write = Rules.endpoint("a.example", Set.of(Method.POST), "/x");

        assertThat(read.allows(Method.GET)).isTrue();
        assertThat(read.allows(Method.HEAD)).isTrue();
        assertThat(read.allows(Method.POST)).isFalse();
        assertThat(read.allows(Method.OPTIONS)).isFalse();
        assertThat(write.allows(Method.HEAD)).isFalse();
    }

    @Test
    void plusIsTheUnionInTheOrderOfTheBase() {
        EndpointRule base = Rules.endpoint("a.example", Set.of(Method.GET), "/x", "/y");
        EndpointRule sum = base.plus(Rules.endpoint("a.example", Set.of(Method.PATCH), "/z", "/x"));

        assertThat(sum.methods()).containsExactlyInAnyOrder(Method.GET, Method.PATCH);
        assertThat(sum.paths()).containsExactlyElementsOf(Rules.globs("/x", "/y", "/z"));
        assertThat(sum.reference()).isEqualTo("allowlist.yaml:30, allowlist.yaml:30 a.example");
    }
}
