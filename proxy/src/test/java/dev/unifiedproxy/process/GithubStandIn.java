package dev.unifiedproxy.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of api.github.com as gh needs: answers by path, and by the name of the operation. */
final class GithubStandIn implements HttpHandler {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern OPERATION = Pattern.compile("(?:query|mutation)\\s+(\\w+)");

    private static final String REPOSITORY =
            "\"id\":\"R_1\",\"name\":\"allowed\",\"owner\":{\"id\":\"U_1\",\"login\":\"octo\"},"
                    + "\"description\":\"A stand-in\",\"hasIssuesEnabled\":true,"
                    + "\"viewerPermission\":\"WRITE\",\"defaultBranchRef\":{\"name\":\"main\"}";
    private static final String ISSUE =
            "{\"__typename\":\"Issue\",\"id\":\"I_1\",\"number\":1,\"title\":\"First issue\","
                    + "\"state\":\"OPEN\",\"url\":\"https://github.com/octo/allowed/issues/1\","
                    + "\"updatedAt\":\"2026-01-01T00:00:00Z\",\"labels\":{\"nodes\":[]}}";
    private static final String PULL =
            "{\"id\":\"PR_1\",\"number\":2,\"title\":\"First pull\",\"state\":\"OPEN\","
                + "\"url\":\"https://github.com/octo/allowed/pull/2\",\"headRefName\":\"agent/x\","
                + "\"baseRefName\":\"main\",\"author\":{\"login\":\"octo\"},"
                + "\"headRepositoryOwner\":{\"id\":\"U_1\",\"login\":\"octo\"},"
                + "\"createdAt\":\"2026-01-01T00:00:00Z\",\"mergeable\":\"MERGEABLE\"}";
    private static final String PAGE = "\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":\"\"}";

    private static final Map<String, String> ANSWERS =
            Map.ofEntries(
                    Map.entry("RepositoryInfo", repository(REPOSITORY)),
                    Map.entry(
                            "IssueList",
                            repository(
                                    "\"hasIssuesEnabled\":true,\"issues\":{\"totalCount\":1,"
                                            + "\"nodes\":["
                                            + ISSUE
                                            + "],"
                                            + PAGE
                                            + "}")),
                    Map.entry(
                            "IssueByNumber",
                            repository("\"hasIssuesEnabled\":true,\"issue\":" + ISSUE)),
                    Map.entry(
                            "IssueCreate",
                            "{\"createIssue\":{\"issue\":{\"id\":\"I_2\","
                                    + "\"url\":\"https://github.com/octo/allowed/issues/7\"}}}"),
                    Map.entry(
                            "CommentCreate",
                            "{\"addComment\":{\"commentEdge\":{\"node\":{"
                                + "\"url\":\"https://github.com/octo/allowed/issues/1#c-8\"}}}}"),
                    Map.entry(
                            "PullRequestList",
                            repository(
                                    "\"pullRequests\":{\"totalCount\":1,\"nodes\":["
                                            + PULL
                                            + "],"
                                            + PAGE
                                            + "}")),
                    Map.entry("PullRequestByNumber", repository("\"pullRequest\":" + PULL)),
                    Map.entry(
                            "PullRequestForBranch",
                            repository(
                                    "\"pullRequests\":{\"nodes\":[]},"
                                            + "\"defaultBranchRef\":{\"name\":\"main\"}")),
                    Map.entry(
                            "PullRequestCreate",
                            "{\"createPullRequest\":{\"pullRequest\":{\"id\":\"PR_2\","
                                    + "\"url\":\"https://github.com/octo/allowed/pull/9\"}}}"),
                    Map.entry("PullRequest_fields", "{\"PullRequest\":{\"fields\":[]}}"),
                    Map.entry(
                            "RepositoryReleaseList",
                            repository(
                                    "\"releases\":{\"nodes\":[{\"name\":\"First release\","
                                            + "\"tagName\":\"v1\",\"isDraft\":false,"
                                            + "\"isLatest\":true,\"isPrerelease\":false,"
                                            + "\"createdAt\":\"2026-01-01T00:00:00Z\","
                                            + "\"publishedAt\":\"2026-01-01T00:00:00Z\"}],"
                                            + PAGE
                                            + "}")));

    private final String token;
    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** A server that knows one token. */
    GithubStandIn(String token) {
        this.token = token;
    }

    private static String repository(String members) {
        return "{\"repository\":{" + members + "}}";
    }

    /** What it was asked: method and path, and behind a '#' the operation. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    void forget() {
        seen.clear();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            boolean known =
                    ("Bearer " + token)
                            .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!known) {
                seen.add(line + " without the token");
                answer(exchange, 401, "{\"message\":\"Bad credentials\"}");
            } else if (line.equals("POST /graphql")) {
                graphql(exchange, JSON.readTree(body));
            } else {
                seen.add(line);
                rest(exchange, line);
            }
        }
    }

    private void graphql(HttpExchange exchange, JsonNode request) throws IOException {
        Matcher name = OPERATION.matcher(request.path("query").asString(""));
        String operation = name.find() ? name.group(1) : "?";
        seen.add("POST /graphql #" + operation);
        String data = ANSWERS.get(operation);
        answer(
                exchange,
                200,
                data == null
                        ? "{\"errors\":[{\"message\":\"no answer to " + operation + "\"}]}"
                        : "{\"data\":" + data + "}");
    }

    private static void rest(HttpExchange exchange, String line) throws IOException {
        switch (line) {
            case "GET /user" -> answer(exchange, 200, "{\"login\":\"octo\",\"id\":1}");
            case "GET /repos/octo/allowed/readme" ->
                    answer(
                            exchange,
                            200,
                            "{\"name\":\"README.md\",\"content\":\"SGVsbG8=\",\"encoding\":\"base64\"}");
            default -> answer(exchange, 404, "{\"message\":\"Not Found\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
