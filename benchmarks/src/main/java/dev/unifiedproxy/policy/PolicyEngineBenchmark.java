package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;

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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Deciding about a host does not get slower with the number of patterns: ten, and a million.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=PolicyEngineBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class PolicyEngineBenchmark {
    /** How many patterns; half of them names, half of them names with all below them. */
    @Param({"10", "1000000"})
    public int patterns;

    private final Authority exact = Authority.parse("host4.example.com", 443);
    private final Authority below = Authority.parse("a.b.c.tree5.example.org", 443);
    private final Authority unknown = Authority.parse("nowhere.example.net", 443);

    private PolicyEngine engine = new PolicyEngine(() -> PolicySnapshot.denyAll("not set up"));

    /** Compiles the patterns. */
    @Setup
    public void compile() {
        List<AllowRule> rules = new ArrayList<>(patterns);
        for (int i = 0; i < patterns; i++) {
            String pattern =
                    i % 2 == 0 ? "host" + i + ".example.com" : "*.tree" + i + ".example.org";
            rules.add(
                    new AllowRule(
                            HostPattern.parse(pattern),
                            Set.of(),
                            false,
                            "allowlist.conf:" + (i + 1),
                            "generic"));
        }
        PolicySnapshot snapshot =
                PolicySnapshot.of(new Allowlist(rules, List.of(), List.of()), "allowlist.conf");
        engine = new PolicyEngine(() -> snapshot);
    }

    /** A name that a rule names. */
    @Benchmark
    public Decision exact() {
        return engine.decide(exact);
    }

    /** A name three labels below one that a rule names. */
    @Benchmark
    public Decision below() {
        return engine.decide(below);
    }

    /** A name of which no rule speaks. */
    @Benchmark
    public Decision unknown() {
        return engine.decide(unknown);
    }
}
