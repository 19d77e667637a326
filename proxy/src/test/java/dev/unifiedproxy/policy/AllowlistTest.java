package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

class AllowlistTest {
    @Test
    void plusKeepsTheBaseFirstAndAddsWhatIsNew() {
        Allowlist base = Rules.hosts("a.example", "b.example", "!c.example");
        Allowlist extra = Rules.hosts("d.example", "b.example", "c.example", "b.example@8443");

        assertThat(base.plus(extra).rules())
                .extracting(AllowRule::text)
                .containsExactly(
                        "a.example",
                        "b.example",
                        "!c.example",
                        "d.example",
                        "c.example",
                        "b.example:8443");
        assertThat(base.plus(extra).rules().get(1).place()).isEqualTo("allowlist.conf:2");
    }

    @Test
    void plusJoinsEndpointsOfOneHostAndAppendsOthers() {
        EndpointRule base = Rules.endpoint("a.example", Set.of(Method.GET), "/x");
        EndpointRule more = Rules.endpoint("a.example", Set.of(Method.PATCH), "/y");
        EndpointRule other = Rules.endpoint("b.example", Set.of(Method.PUT), "/z");

        Allowlist sum =
                new Allowlist(List.of(), List.of(base), List.of())
                        .plus(new Allowlist(List.of(), List.of(other, more), List.of()));

        assertThat(sum.endpoints()).containsExactly(base.plus(more), other);
    }

    @Test
    void plusAppendsBlockedPathsEvenTwice() {
        BlockedPaths blocked = Rules.blocked("a.example", "/x");
        Allowlist one = new Allowlist(List.of(), List.of(), List.of(blocked));

        assertThat(one.plus(one).blocked()).containsExactly(blocked, blocked);
    }

    @Test
    void emptyAddsNothing() {
        Allowlist base = Rules.hosts("a.example");

        assertThat(base.plus(Allowlist.EMPTY)).isEqualTo(base);
        assertThat(Allowlist.EMPTY.plus(base)).isEqualTo(base);
    }
}
