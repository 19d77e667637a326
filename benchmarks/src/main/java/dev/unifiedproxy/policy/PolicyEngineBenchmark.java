package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.identity.Identification;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.Identifier;
import dev.unifiedproxy.identity.TicketAuthority;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Deciding does not get slower with the number of patterns: ten, 100 000 and a million, half of
 * them lines of an allowlist and half of them rules with a method and a path, for 1 000 containers
 * with policies of their own. The set-up says how much memory the snapshot takes.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=PolicyEngineBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class PolicyEngineBenchmark {
    private static final int CONTAINERS = 1_000;
    private static final int ASKED = 1_024;

    /** How many patterns. */
    @Param({"10", "100000", "1000000"})
    public int patterns;

    private final Container[] containers = new Container[ASKED];
    private final Authority[] authorities = new Authority[ASKED];
    private final IdentifiedRequest[] requests = new IdentifiedRequest[ASKED];
    private PolicyEngine engine = new PolicyEngine(() -> PolicySnapshot.denyAll("not set up"));
    private int next;

    /** Compiles the patterns, and makes the questions: known names, names below, unknown ones. */
    @Setup
    public void compile() throws IOException {
        long before = used();
        PolicySnapshot snapshot = snapshot();
        System.out.printf("%nsnapshot: %d MiB%n", (used() - before) >> 20);
        engine =
                new PolicyEngine(
                        () -> snapshot,
                        new ContainerPolicies((id, policy) -> own(id)),
                        PassThroughList.EMPTY,
                        List.of());
        TicketAuthority tickets =
                TicketAuthority.open(Files.createTempDirectory("bench").resolve("ticket.key"));
        for (int i = 0; i < ASKED; i++) {
            int even = i / 4 * 2 % patterns;
            String host =
                    switch (i % 4) {
                        case 0 -> "host" + even + ".example.com";
                        case 1 -> "a.b.c.tree" + (even + 1) + ".example.org";
                        case 2 -> "nowhere" + i + ".example.net";
                        default -> "own.example.net";
                    };
            containers[i] = container(i % CONTAINERS);
            authorities[i] = Authority.parse(host, 443);
            requests[i] = request(host, containers[i], tickets);
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private PolicySnapshot snapshot() {
        List<AllowRule> lines = new ArrayList<>();
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = 0; i < patterns; i++) {
            HostPattern pattern =
                    HostPattern.parse(
                            i % 2 == 0
                                    ? "host" + i + ".example.com"
                                    : "*.tree" + i + ".example.org");
            if (i % 4 < 2) {
                lines.add(
                        new AllowRule(
                                pattern, Set.of(), false, "allowlist.conf:" + (i + 1), "generic"));
            } else {
                rules.add(rule("rule-" + i, pattern));
            }
        }
        Map<String, ScopeRules> scopes = new HashMap<>();
        for (int i = 0; i < CONTAINERS; i += 2) {
            scopes.put("sandbox-" + i, own("sandbox-" + i));
        }
        return PolicySnapshot.of(
                new Allowlist(lines, List.of(), List.of()),
                new PolicyDocument(new ScopeRules(Optional.empty(), rules), Map.of(), scopes),
                "allowlist.conf");
    }

    private static PolicyRule rule(String name, HostPattern pattern) {
        return new PolicyRule(
                name,
                new RuleAction.Allow(Optional.empty()),
                PolicyRule.DEFAULT_PRIORITY,
                List.of(new HostTarget(pattern, Set.of())),
                new RuleMatch(
                        Set.of(Method.GET),
                        List.of(PathGlob.parse("/v1/**")),
                        List.of(),
                        List.of(),
                        List.of()),
                "policy.yaml:1");
    }

    /** Five rules for one container. */
    private static ScopeRules own(String id) {
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rules.add(rule(id + "-" + i, HostPattern.parse("own" + i + ".example.net")));
        }
        rules.add(rule(id, HostPattern.parse("own.example.net")));
        return new ScopeRules(Optional.empty(), rules);
    }

    /** Every second one brings its policy along. */
    private static Container container(int i) {
        return new Container(
                "sandbox-" + i,
                IpAddress.of(new byte[] {10, 0, (byte) (i >> 8), (byte) i}),
                Instant.EPOCH,
                Instant.EPOCH,
                Duration.ZERO,
                i % 2 == 0 ? Map.of() : Map.of(ContainerPolicies.POLICY, "own"));
    }

    private static IdentifiedRequest request(
            String host, Container container, TicketAuthority tickets) {
        RequestTarget.Origin target =
                new RequestTarget.Origin(NormalPath.parse("/v1/items/17"), "page=2&q=a", true);
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r1",
                        container.address(),
                        Authority.parse(host, 443),
                        true,
                        new RequestHead(
                                Method.GET,
                                target,
                                false,
                                Headers.of("Host", host, "Accept", "*/*"),
                                BodyFraming.NONE),
                        Optional.empty());
        return switch (new Identifier(new One(container), tickets, false).identify(inbound)) {
            case Identification.Identified<IdentifiedRequest>(IdentifiedRequest found) -> found;
            case Identification.Unidentified<IdentifiedRequest> nobody ->
                    throw new IllegalStateException(nobody.toString());
        };
    }

    private record One(Container container) implements ContainerLookup {
        @Override
        public Finding find(IpAddress address) {
            return new Finding.Registered(container);
        }

        @Override
        public void seen(Container found) {}

        @Override
        public Finding restore(Container claimed, Instant issuedAt) {
            return new Finding.Absent();
        }
    }

    /** Host and port of a CONNECT. */
    @Benchmark
    public Decision connect() {
        int i = next++ & (ASKED - 1);
        return engine.decide(authorities[i], containers[i]);
    }

    /** A request, by all that its head says. */
    @Benchmark
    public Authorization request() {
        return engine.authorize(requests[next++ & (ASKED - 1)]);
    }
}
