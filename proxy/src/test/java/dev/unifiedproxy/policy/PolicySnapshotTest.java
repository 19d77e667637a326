package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

class PolicySnapshotTest {
    private static PolicySnapshot snapshot(Allowlist allowlist) {
        return PolicySnapshot.of(allowlist, "allowlist.conf");
    }

    @Test
    void findsTheHostFirstThenItsDomainsFromTheInnermostOut() {
        PolicySnapshot snapshot =
                snapshot(Rules.hosts("*.b.example", "*.a.b.example", "a.b.example", "x.b.example"));

        assertThat(snapshot.matching(Hostname.parse("a.b.example")))
                .extracting(rules -> rules.pattern().text())
                .containsExactly("a.b.example", "*.a.b.example", "*.b.example");
        assertThat(snapshot.matching(Hostname.parse("b.example")))
                .extracting(rules -> rules.pattern().text())
                .containsExactly("*.b.example");
        assertThat(snapshot.matching(Hostname.parse("ab.example"))).isEmpty();
        assertThat(snapshot.size()).isEqualTo(4);
    }

    @Test
    void findsAddressesAsAddressesOnly() {
        PolicySnapshot snapshot = snapshot(Rules.hosts("127.0.0.1", "::1", "*.b.example"));

        assertThat(snapshot.matching(IpAddress.parse("::ffff:127.0.0.1"))).hasSize(1);
        assertThat(snapshot.matching(IpAddress.parse("0:0::1"))).hasSize(1);
        assertThat(snapshot.matching(IpAddress.parse("127.0.0.2"))).isEmpty();
    }

    @Test
    void hostRulesHoldAllThatIsSaidOfAPattern() {
        EndpointRule first = Rules.endpoint("a.example", Set.of(Method.GET), "/x");
        EndpointRule second = Rules.endpoint("a.example", Set.of(Method.PUT), "/y");
        BlockedPaths blocked = Rules.blocked("a.example", "/z");
        List<AllowRule> rules = Rules.of("a.example", "!a.example", "a.example@99");

        HostRules found =
                snapshot(new Allowlist(rules, List.of(first, second), List.of(blocked)))
                        .matching(Hostname.parse("a.example"))
                        .getFirst();

        assertThat(found)
                .isEqualTo(
                        new HostRules(
                                HostPattern.parse("a.example"),
                                List.of(rules.get(0), rules.get(2)),
                                List.of(rules.get(1)),
                                Optional.of(first),
                                List.of(blocked)));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void findsExactlyWhatEachPatternMatches(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<AllowRule> rules = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                String pattern = (random.nextBoolean() ? "*." : "") + name(random, 2);
                rules.addAll(Rules.of(pattern));
            }
            PolicySnapshot snapshot = snapshot(new Allowlist(rules, List.of(), List.of()));
            for (int i = 0; i < 50; i++) {
                Host host = Hostname.parse(name(random, 1));
                Set<String> expected = new HashSet<>();
                for (AllowRule rule : rules) {
                    if (rule.pattern().matches(host)) {
                        expected.add(rule.pattern().text());
                    }
                }
                assertThat(snapshot.matching(host))
                        .as("seed %d: %s in %s", seed, host, rules)
                        .extracting(found -> found.pattern().text())
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    private static String name(Random random, int least) {
        String[] labels = {"a", "b", "ab", "ba", "c"};
        int length = least + random.nextInt(4);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            parts.add(labels[random.nextInt(labels.length)]);
        }
        return String.join(".", parts);
    }

    @Test
    void versionDependsOnWhatTheRulesSayAndNotOnWhereTheyStand() {
        String version = snapshot(Rules.hosts("a.example", "b.example")).version();
        List<AllowRule> moved =
                Rules.of("a.example", "b.example").stream()
                        .map(
                                rule ->
                                        new AllowRule(
                                                rule.pattern(),
                                                rule.ports(),
                                                rule.deny(),
                                                "other.conf:99",
                                                "ai"))
                        .toList();

        assertThat(version).matches("[0-9a-f]{16}");
        assertThat(snapshot(new Allowlist(moved, List.of(), List.of())).version())
                .isEqualTo(version);
    }

    private static String hash(Allowlist allowlist) {
        return RulesHash.of(allowlist, PolicyDocument.EMPTY);
    }

    @Test
    void versionDiffersWhereTheRulesDo() {
        EndpointRule endpoint = Rules.endpoint("a.example", Set.of(Method.GET), "/x");
        List<Allowlist> different =
                List.of(
                        Allowlist.EMPTY,
                        Rules.hosts("a.example"),
                        Rules.hosts("!a.example"),
                        Rules.hosts("*.a.example"),
                        Rules.hosts("a.example@99"),
                        Rules.hosts("a.example", "b.example"),
                        new Allowlist(List.of(), List.of(endpoint), List.of()),
                        new Allowlist(
                                List.of(),
                                List.of(Rules.endpoint("a.example", Set.of(Method.PUT), "/x")),
                                List.of()),
                        new Allowlist(
                                List.of(), List.of(), List.of(Rules.blocked("a.example", "/x"))),
                        new Allowlist(
                                List.of(), List.of(), List.of(Rules.blocked("a.example", "/y"))));

        assertThat(different).extracting(PolicySnapshotTest::hash).doesNotHaveDuplicates();
    }

    @Test
    void versionDependsOnEveryPartOfARule() {
        List<PolicyDocument> different =
                List.of(
                        PolicyDocument.EMPTY,
                        Policies.global(Policies.allow("r", "a.example")),
                        Policies.global(Policies.allow("s", "a.example")),
                        Policies.global(Policies.deny("r", "a.example")),
                        Policies.global(Policies.allow("r", "a.example").priority(51)),
                        Policies.global(Policies.allow("r", "a.example@80")),
                        Policies.global(Policies.allow("r", "a.example").methods(Method.GET)),
                        Policies.global(Policies.allow("r", "a.example").paths("/x")),
                        Policies.global(Policies.allow("r", "a.example").query("q", "x")),
                        Policies.global(Policies.allow("r", "a.example").header("q", "x")),
                        Policies.global(Policies.allow("r", "a.example").types("q/x")),
                        new PolicyDocument(
                                new ScopeRules(Optional.of(Mode.OBSERVE), List.of()),
                                Map.of(),
                                Map.of()),
                        new PolicyDocument(
                                ScopeRules.EMPTY,
                                Map.of("g", Policies.scope(Policies.allow("r", "a.example"))),
                                Map.of()),
                        new PolicyDocument(
                                ScopeRules.EMPTY,
                                Map.of(),
                                Map.of("g", Policies.scope(Policies.allow("r", "a.example")))));

        assertThat(different)
                .extracting(document -> RulesHash.of(Allowlist.EMPTY, document))
                .doesNotHaveDuplicates();
        assertThat(PolicySnapshot.of(Allowlist.EMPTY, different.get(12), "x").size()).isEqualTo(1);
        assertThat(PolicySnapshot.of(Allowlist.EMPTY, different.get(13), "x").size()).isEqualTo(1);
    }

    /** Pins the algorithm: audit records of different releases must be comparable. */
    @Test
    void versionStaysTheSameOverReleases() {
        assertThat(hash(Allowlist.EMPTY)).isEqualTo("cbf29ce484222325");
    }

    @Test
    void denyAllKnowsNoHostAndSaysWhy() {
        PolicySnapshot snapshot = PolicySnapshot.denyAll("there is no allowlist file");

        assertThat(snapshot.size()).isZero();
        assertThat(snapshot.denyReason()).contains("there is no allowlist file");
        assertThat(snapshot.matching(Hostname.parse("github.com"))).isEmpty();
        assertThat(snapshot(Allowlist.EMPTY).denyReason()).isEmpty();
    }
}
