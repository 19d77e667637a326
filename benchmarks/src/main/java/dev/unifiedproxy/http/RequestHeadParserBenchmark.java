package dev.unifiedproxy.http;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Bytes of a request head to a value: the head that an SDK sends, and the smallest one.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=RequestHeadParserBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RequestHeadParserBenchmark {
    private final byte[] sdk =
            bytes(
                    """
                    POST /v1/messages?beta=true HTTP/1.1
                    Host: api.anthropic.com
                    Accept: application/json
                    Accept-Encoding: gzip, deflate
                    User-Agent: Anthropic/JS 0.60.0
                    X-Stainless-Lang: js
                    X-Stainless-Package-Version: 0.60.0
                    X-Stainless-OS: Linux
                    X-Stainless-Arch: x64
                    X-Stainless-Runtime: node
                    X-Stainless-Runtime-Version: v22.20.0
                    anthropic-version: 2023-06-01
                    x-api-key: CREDENTIAL_PROXY_PLACEHOLDER
                    Content-Type: application/json
                    Connection: keep-alive
                    Content-Length: 1834

                    """);
    private final byte[] smallest =
            bytes(
                    """
                    GET / HTTP/1.1
                    Host: example.com

                    """);

    private static byte[] bytes(String head) {
        return head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The head of a message to an API. */
    @Benchmark
    public RequestHead sdk() {
        return RequestHeadParser.parse(sdk, sdk.length);
    }

    /** Nothing but the first line and Host. */
    @Benchmark
    public RequestHead smallest() {
        return RequestHeadParser.parse(smallest, smallest.length);
    }
}
