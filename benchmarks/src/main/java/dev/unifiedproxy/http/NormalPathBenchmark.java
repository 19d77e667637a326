package dev.unifiedproxy.http;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * A path to the spelling in which it is judged and sent: one that needs nothing, and one with
 * escapes.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=NormalPathBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class NormalPathBenchmark {
    /** The path. */
    @Param({
        "/repos/octo/hello/contents/src/main/java/Hello.java",
        "/repos/octo/hello/contents/%73rc/%e2%82%ac%20main/Hello.java"
    })
    public String path = "/";

    /** Parses it. */
    @Benchmark
    public NormalPath parse() {
        return NormalPath.parse(path);
    }
}
