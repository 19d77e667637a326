package dev.unifiedproxy.github;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.json.JsonSyntaxException;
import dev.unifiedproxy.policy.Decision;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the rules about GitHub add to a request: by its path, and by a GraphQL document as {@code gh
 * pr list} sends it.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=GithubRulesBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GithubRulesBenchmark {
    private static final String QUERY =
            "fragment pr on PullRequest{number,title,state,url,headRefName,headRepositoryOwner{id,"
                    + "login,...on User{name}},isCrossRepository,isDraft,createdAt} query"
                    + " PullRequestList($owner: String!, $repo: String!, $limit: Int!, $endCursor:"
                    + " String, $baseBranch: String, $headBranch: String, $state:"
                    + " [PullRequestState!] = OPEN) {repository(owner: $owner, name: $repo) {"
                    + " pullRequests(states: $state, baseRefName: $baseBranch, headRefName:"
                    + " $headBranch, first: $limit, after: $endCursor, orderBy: {field: CREATED_AT,"
                    + " direction: DESC}) {totalCount nodes {...pr} pageInfo {hasNextPage"
                    + " endCursor}}}}";

    private final WholeBody body =
            WholeBody.of(
                    ByteBuffer.wrap(
                            ("{\"query\": \""
                                            + QUERY
                                            + "\", \"variables\": {\"owner\": \"octo\", \"repo\":"
                                            + " \"allowed\", \"limit\": 30, \"state\":"
                                            + " [\"OPEN\"]}}")
                                    .getBytes(StandardCharsets.UTF_8)));
    private final ContainerScope scope =
            ContainerScope.of(
                    new Container(
                            "sandbox-1",
                            IpAddress.parse("10.0.0.5"),
                            Instant.EPOCH,
                            Instant.EPOCH,
                            Duration.ZERO,
                            Map.of("repo", "octo/allowed")),
                    Host.parse("api.github.com"),
                    false);
    private final ApiCall call =
            new ApiCall(
                    ApiCall.Door.REST,
                    List.of("repos", "octo", "allowed", "issues", "1"),
                    "/repos/octo/allowed/issues/1");

    /** A document: JSON, GraphQL, judgement. */
    @Benchmark
    public Optional<Decision.Deny> graphql() throws GraphqlException, JsonSyntaxException {
        return GraphqlJudge.judge(GraphqlOperation.of(JsonBody.read(body).orElseThrow()), scope);
    }

    /** A path that is read: all of the denied rows, and the first of the allowed ones. */
    @Benchmark
    public boolean rest() {
        return RestTable.denial(Method.GET, call).isEmpty()
                && RestTable.allowance(Method.GET, call).isPresent();
    }
}
