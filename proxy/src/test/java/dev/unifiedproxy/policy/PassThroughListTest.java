package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@link PassThroughList} and {@link PassThroughPermit}: whose TLS goes by unread. */
final class PassThroughListTest {
    private static final PassThroughList LIST =
            new PassThroughList(
                    List.of(
                            entry("pinned.example"),
                            entry("*.wild.example"),
                            entry("odd.example", 8443)));

    private static AllowRule entry(String pattern, Integer... ports) {
        return new AllowRule(HostPattern.parse(pattern), Set.of(ports), false, "LIST", "");
    }

    private static PolicyEngine engine(Allowlist allowlist) {
        PolicySnapshot snapshot = PolicySnapshot.of(allowlist, "allowlist.conf");
        return new PolicyEngine(() -> snapshot, LIST, List.of());
    }

    private static Allowlist allowing(AllowRule... rules) {
        return new Allowlist(List.of(rules), List.of(), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "pinned.example, 443, LIST pinned.example",
        "PINNED.Example, 443, LIST pinned.example",
        "pinned.example., 443, LIST pinned.example",
        "wild.example, 443, LIST *.wild.example",
        "a.b.wild.example, 443, LIST *.wild.example",
        "odd.example, 8443, LIST odd.example:8443",
    })
    void listedAndAllowedGoesByUnread(String host, int port, String rule) {
        PolicyEngine engine =
                engine(
                        allowing(
                                entry("pinned.example"),
                                entry("*.wild.example"),
                                entry("odd.example", 8443)));
        PassThroughPermit permit =
                engine.passThrough(Authority.parse(host, port), Sandboxes.PLAIN).orElseThrow();
        assertThat(permit.rule()).isEqualTo(rule);
        assertThat(permit.authority()).isEqualTo(Authority.parse(host, port));
    }

    @ParameterizedTest
    @CsvSource({
        "notpinned.example, 443",
        "a.pinned.example, 443",
        "pinned.example.evil.example, 443",
        "notwild.example, 443",
        "pinned.example, 80",
        "pinned.example, 8443",
        "odd.example, 443",
        "192.0.2.1, 443",
    })
    void everyOtherHostIsIntercepted(String host, int port) {
        PolicyEngine engine =
                engine(
                        allowing(
                                entry("*.pinned.example", 443, 80, 8443),
                                entry("*.evil.example"),
                                entry("notpinned.example"),
                                entry("notwild.example"),
                                entry("odd.example", 443, 8443),
                                entry("192.0.2.1")));
        assertThat(engine.decide(Authority.parse(host, port), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Allow.class);
        assertThat(engine.passThrough(Authority.parse(host, port), Sandboxes.PLAIN)).isEmpty();
    }

    @Test
    void theListAllowsNothing() {
        Authority pinned = Authority.parse("pinned.example", 443);
        AllowRule denial =
                new AllowRule(HostPattern.parse("pinned.example"), Set.of(), true, "LIST", "");
        assertThat(engine(Allowlist.EMPTY).passThrough(pinned, Sandboxes.PLAIN)).isEmpty();
        assertThat(
                        engine(allowing(entry("pinned.example"), denial))
                                .passThrough(pinned, Sandboxes.PLAIN))
                .isEmpty();
        assertThat(
                        engine(allowing(entry("odd.example")))
                                .passThrough(Authority.parse("odd.example", 8443), Sandboxes.PLAIN))
                .isEmpty();
        assertThat(
                        new PolicyEngine(() -> PolicySnapshot.denyAll("no file"))
                                .passThrough(pinned, Sandboxes.PLAIN))
                .isEmpty();
    }

    /** What nobody reads, nobody can judge: the rule that is about paths wins. */
    @Test
    void aHostWithRulesAboutPathsIsIntercepted() {
        Authority pinned = Authority.parse("pinned.example", 443);
        EndpointRule endpoint =
                new EndpointRule(
                        HostPattern.parse("pinned.example"),
                        Set.of(Method.GET),
                        List.of(PathGlob.parse("/v1/**")),
                        Optional.empty(),
                        "allowlist.yaml:3");
        BlockedPaths blocked =
                new BlockedPaths(
                        HostPattern.parse("*.pinned.example"),
                        List.of(PathGlob.parse("/admin/**")),
                        "allowlist.yaml:9");
        List<AllowRule> rules = List.of(entry("pinned.example"));
        assertThat(
                        engine(new Allowlist(rules, List.of(endpoint), List.of()))
                                .passThrough(pinned, Sandboxes.PLAIN))
                .isEmpty();
        assertThat(
                        engine(new Allowlist(rules, List.of(), List.of(blocked)))
                                .passThrough(pinned, Sandboxes.PLAIN))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "[2001:db8::1]"})
    void anAddressHasNoServerNameToCheck(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PassThroughList(List.of(entry(address))))
                .withMessageContaining("expected: name or *.name");
    }

    @Test
    void aDenialIsNoEntry() {
        AllowRule denial =
                new AllowRule(HostPattern.parse("a.example"), Set.of(), true, "LIST", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PassThroughList(List.of(denial)))
                .withMessageContaining("'!a.example'");
    }
}
