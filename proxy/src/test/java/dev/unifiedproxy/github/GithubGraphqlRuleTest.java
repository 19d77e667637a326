package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.json.JsonValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** In which form a GraphQL request has to come, and which operation of it would run. */
final class GithubGraphqlRuleTest {
    private static final Calls OURS = Calls.ours();
    private static final String UNCLEAR = "GraphQL request cannot be judged: ";
    private static final String VIEWER = "{\"query\": \"{viewer{login}}\"}";
    private static final String[] JSON = {"Content-Type", "application/json"};

    @Test
    void oneOperationByPostPasses() {
        assertThat(OURS.say("POST /graphql", VIEWER)).isEqualTo(Calls.PASSED);
        assertThat(OURS.say("POST /graphql/", VIEWER)).isEqualTo(Calls.PASSED);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /graphql, only POST is accepted",
        "GET /graphql?query={viewer{login}}, only POST is accepted",
        "HEAD /graphql, only POST is accepted",
        "PUT /graphql, only POST is accepted",
        "DELETE /graphql, only POST is accepted",
        "OPTIONS /graphql, only POST is accepted",
        "POST /graphql?, the URL has a query string",
        "POST /graphql?query=x, the URL has a query string",
        "POST /graphql?operationName=x, the URL has a query string",
        "POST /%67raphql?x, the URL has a query string",
    })
    void otherForms(String line, String why) {
        assertThat(OURS.say(line, VIEWER)).isEqualTo(UNCLEAR + why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/graphql",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/json; charset=utf-7"
            })
    void otherContentTypes(String type) {
        assertThat(OURS.say("POST /graphql", VIEWER, "Content-Type", type))
                .isEqualTo(UNCLEAR + "The body must be sent with Content-Type: application/json");
    }

    @Test
    void headThatHidesSomething() {
        assertThat(OURS.say("POST /graphql", VIEWER, JSON[0], JSON[1], "Content-Encoding", "gzip"))
                .isEqualTo(UNCLEAR + "Compressed bodies are not allowed here");
        assertThat(OURS.say("POST /graphql", VIEWER, JSON[0], JSON[1], "X-HTTP-Method", "GET"))
                .isEqualTo(UNCLEAR + "a field asks for another method");
        assertThat(OURS.say("POST /graphql", "")).contains("A body is expected here");
    }

    /** G-08, G-10, threat 93: batches, persisted queries, duplicate keys. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{bad | the body is not JSON (line 1, column 2)",
                "[{\"query\": \"{viewer{login}}\"}] | the body is not a JSON object",
                "\"{viewer{login}}\" | the body is not a JSON object",
                "{\"query\": [\"{viewer{login}}\"]} | query is not a string",
                "{\"query\": null} | query is not a string",
                "{} | query is not a string",
                "{\"variables\": {}} | query is not a string",
                "{\"query\": \"{a}\", \"extensions\": {}} | the body has 'extensions'",
                "{\"id\": \"1\"} | the body has 'id'",
                "{\"query\": \"{a}\", \"sha256Hash\": \"x\"} | the body has 'sha256Hash'",
                "{\"query\": \"{a}\", \"documentId\": \"x\"} | the body has 'documentId'",
                "{\"query\": \"{a}\", \"Query\": \"x\"} | the body has 'Query'",
                "{\"query\": \"{a}\", \"\\u0071uery\": \"x\"} | the body has a name twice",
                "{\"query\": \"{a}\", \"variables\": \"{}\"} | variables is not an object",
                "{\"query\": \"{a}\", \"variables\": []} | variables is not an object",
                "{\"query\": \"{a}\", \"operationName\": 5} | operationName is not a string",
                "{\"query\": \"{a}\"} {} | the body goes on behind its value",
                "{\"query\": \"\"} | the document does not parse, or is too large",
                "{\"query\": \"{a\"} | the document does not parse, or is too large",
                "{\"query\": \"mutation\"} | the document does not parse, or is too large",
                "{\"query\": \"type A {b: C}\"} | the document defines more than operations",
                "{\"query\": \"{a} type A {b: C}\"} | the document defines more than operations",
                "{\"query\": \"subscription {a}\"} | a subscription is not supported",
                "{\"query\": \"{...f}\"} | a fragment is not defined",
                "{\"query\": \"{a} fragment f on A {b} fragment f on A {c}\"}"
                        + " | a fragment is defined twice",
                "{\"query\": \"fragment f on A {b}\"} | the document has 0 operations",
                "{\"query\": \"{repository(owner: \\\"a\\\", owner: \\\"o\\\"){id}}\"}"
                        + " | a field has an argument twice",
                "{\"query\": \"mutation{updateIssue(input: {state: OPEN, state: CLOSED}){a}}\"}"
                        + " | an object has a field twice",
                "{\"query\": \"query($a: A = 1, $a: A = 2){a}\"} | a variable is defined twice",
                "{\"query\": \"query($a: A = 1, $a: A){a}\", \"variables\": {\"a\": 1}}"
                        + " | a variable is defined twice",
            })
    void bodyThatIsNotOneRequest(String body, String why) {
        assertThat(OURS.say("POST /graphql", body, JSON)).startsWith(UNCLEAR + why);
    }

    @Test
    void queryThatIsNotUtf8OrHasAMarkBefore() {
        assertThat(OURS.say("POST /graphql", "\ufeff" + VIEWER, JSON)).contains("byte order mark");
    }

    /** What one lexer takes for the end of a comment and another does not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u2028", "\\u2029", "\\u0085", "\\ufeff", "\\u0000", "\\u000b", "\\u000c",
                "\\u007f"
            })
    void characterThatLexersDisagreeOn(String escape) {
        String query =
                "#"
                        + escape
                        + "\\\"\\\"\\\"\\nmutation{deleteRef(input:{}){a}}#"
                        + escape
                        + "\\\"\\\"\\\"\\n{viewer{login}}";
        assertThat(OURS.say("POST /graphql", "{\"query\": \"" + query + "\"}", JSON))
                .startsWith(UNCLEAR + "the document has the character U+");
    }

    private static final String TWO =
            "query A {viewer{login}} mutation B {mergePullRequest(input:{}){a}}";

    /** G-13. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                TWO + " | \"A\" | passed",
                TWO + " | \"B\" | GraphQL mutation 'mergePullRequest' is not permitted",
                TWO + " | null | " + UNCLEAR + "the document has 2 operations",
                TWO + " | \"\" | " + UNCLEAR + "no operation has the operationName",
                TWO + " | \"C\" | " + UNCLEAR + "no operation has the operationName",
                TWO + " | \"a\" | " + UNCLEAR + "no operation has the operationName",
                "query A {a} query A {b} | \"A\" | " + UNCLEAR + "two operations have the same",
                "{a} {b} | null | " + UNCLEAR + "two operations have the same name",
                "{a} query A {b} | \"A\" | " + UNCLEAR + "an operation without a name is not",
                "{a} | \"A\" | " + UNCLEAR + "no operation has the operationName",
                "{a} | \"\" | passed",
                "query A {a} | \"A\" | passed",
            })
    void operationThatRuns(String query, String name, String words) {
        String body = "{\"query\": " + Calls.quoted(query) + ", \"operationName\": " + name + "}";
        assertThat(OURS.say("POST /graphql", body, JSON)).startsWith(words);
    }

    /** Bombs: each is refused, or judged, before long. */
    @Test
    void bombs() {
        for (String query :
                List.of(
                        "{" + "a{".repeat(5_000) + "b" + "}".repeat(5_001),
                        "{" + "a ".repeat(40_000) + "}",
                        "{a" + " ".repeat(90_000) + "}",
                        "{a(b:" + "[".repeat(2_000) + "]".repeat(2_000) + ")}",
                        "{a(b:\"" + "x".repeat(200_000) + "\")}",
                        "{a " + "#\n".repeat(60_000) + "}")) {
            assertThat(OURS.graphql(query))
                    .isEqualTo(UNCLEAR + "the document does not parse, or is too large");
        }
        StringBuilder fragments = new StringBuilder("{...f0}");
        for (int i = 0; i < 400; i++) {
            fragments.append("fragment f%d on A{...f%d ...f%d}".formatted(i, i + 1, i + 1));
        }
        assertThat(OURS.graphql(fragments + "fragment f400 on A{b}")).isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("{a(b: " + "1".repeat(50_000) + ")}")).isEqualTo(Calls.PASSED);
    }

    /** Threat 92: the path of an Enterprise host. */
    @Test
    void enterpriseHost() {
        GithubGraphqlRule rule =
                new GithubGraphqlRule(new GithubHosts(Set.of(Host.parse(Calls.ENTERPRISE))), false);
        assertThat(rule.concerns(Host.parse(Calls.ENTERPRISE))).isTrue();
        assertThat(
                        OURS.decide(
                                Calls.ENTERPRISE,
                                "POST /api/graphql",
                                Calls.body("mutation{deleteRef(input:{}){a}}", "{}"),
                                JSON))
                .hasValueSatisfying(
                        denial ->
                                assertThat(denial.refusal().detail())
                                        .isEqualTo(
                                                "GraphQL mutation 'deleteRef' is not permitted"));
        assertThat(OURS.decide(Calls.ENTERPRISE, "POST /api/graphql", VIEWER, JSON)).isEmpty();
    }

    @Test
    void argumentsAreWhatTheyResolveTo() throws GraphqlException {
        GraphqlOperation operation =
                GraphqlOperation.of(
                        new JsonValue.Mapping(
                                Map.of(
                                        "query",
                                        new JsonValue.Text(
                                                "{f(a: 1, b: 1.5, c: true, d: E, e: null, g: [$x,"
                                                        + " \"s\"], h: {i: $y}, j: $y)}"))));
        var field =
                (graphql.language.Field)
                        operation.definition().getSelectionSet().getSelections().getFirst();
        GraphqlArguments arguments = operation.arguments();
        assertThat(arguments.of(field))
                .containsEntry("d", new JsonValue.Text("E"))
                .containsEntry("e", new JsonValue.Null())
                .containsEntry("c", new JsonValue.Bool(true))
                .containsEntry(
                        "g",
                        new JsonValue.Sequence(
                                List.of(new JsonValue.Null(), new JsonValue.Text("s"))))
                .containsEntry("h", new JsonValue.Mapping(Map.of()))
                .doesNotContainKey("j");
        assertThatThrownBy(() -> GraphqlOperation.of(new JsonValue.Mapping(Map.of())))
                .isInstanceOf(GraphqlException.class)
                .hasMessage("query is not a string");
    }
}
