package dev.unifiedproxy.github;

import dev.unifiedproxy.json.JsonValue;

import graphql.GraphQLException;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The operation of a GraphQL request that would run, with what it refers to.
 *
 * @param definition the operation
 * @param fragments the document's fragments by name
 * @param arguments resolves its arguments
 */
record GraphqlOperation(
        OperationDefinition definition,
        Map<String, FragmentDefinition> fragments,
        GraphqlArguments arguments) {
    private static final Set<String> MEMBERS = Set.of("query", "variables", "operationName");

    /** {@code gh} sends 5 kB at most. */
    private static final int MAX_CHARACTERS = 100_000;

    private static final int MAX_TOKENS = 15_000;
    private static final int MAX_WHITESPACE = 50_000;
    private static final int MAX_DEPTH = 300;

    private static final ParserOptions OPTIONS =
            ParserOptions.newParserOptions()
                    .maxCharacters(MAX_CHARACTERS)
                    .maxTokens(MAX_TOKENS)
                    .maxWhitespaceTokens(MAX_WHITESPACE)
                    .maxRuleDepth(MAX_DEPTH)
                    .captureIgnoredChars(false)
                    .captureLineComments(false)
                    .captureSourceLocation(false)
                    .readerTrackData(false)
                    .redactTokenParserErrorMessages(true)
                    .build();

    GraphqlOperation {
        fragments = Map.copyOf(fragments);
    }

    /**
     * Reads the body of a request.
     *
     * @throws GraphqlException when it is not exactly one request for one operation
     */
    static GraphqlOperation of(JsonValue.Mapping body) throws GraphqlException {
        for (String name : body.members().keySet()) {
            if (!MEMBERS.contains(name)) {
                throw new GraphqlException(
                        "the body has '"
                                + shown(name)
                                + "' (expected: query, variables, operationName)");
            }
        }
        String query =
                body.text("query").orElseThrow(() -> new GraphqlException("query is not a string"));
        checkCharacters(query);
        Document document = parse(query);
        List<FragmentDefinition> defined = document.getDefinitionsOfType(FragmentDefinition.class);
        List<OperationDefinition> operations =
                document.getDefinitionsOfType(OperationDefinition.class);
        if (defined.size() + operations.size() != document.getDefinitions().size()) {
            throw new GraphqlException("the document defines more than operations");
        }
        Map<String, FragmentDefinition> fragments = new LinkedHashMap<>();
        for (FragmentDefinition fragment : defined) {
            if (fragments.put(fragment.getName(), fragment) != null) {
                throw new GraphqlException("a fragment is defined twice");
            }
        }
        OperationDefinition chosen = choose(operations, operationName(body));
        return new GraphqlOperation(
                chosen,
                fragments,
                GraphqlArguments.of(chosen.getVariableDefinitions(), variables(body)));
    }

    /**
     * What some lexers take for the end of a line, or for a blank, and others do not. In doubt the
     * same text is a comment for one and a mutation for the other.
     */
    private static void checkCharacters(String query) throws GraphqlException {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            boolean doubtful =
                    (c < ' ' && c != '\n' && c != '\r' && c != '\t')
                            || (c >= 0x7f && c <= 0x9f)
                            || c == '\u2028'
                            || c == '\u2029'
                            || c == '\ufeff';
            if (doubtful) {
                throw new GraphqlException(
                        "the document has the character U+"
                                + "%04X".formatted((int) c)
                                + "; send it in a variable");
            }
        }
    }

    private static Document parse(String query) throws GraphqlException {
        try {
            return Parser.parse(
                    ParserEnvironment.newParserEnvironment()
                            .document(query)
                            .parserOptions(OPTIONS)
                            .locale(Locale.ROOT)
                            .build());
        } catch (GraphQLException e) {
            throw new GraphqlException("the document does not parse, or is too large");
        }
    }

    private static Optional<String> operationName(JsonValue.Mapping body) throws GraphqlException {
        return switch (body.member("operationName").orElse(new JsonValue.Null())) {
            case JsonValue.Text(String name) -> Optional.of(name);
            case JsonValue.Null none -> Optional.empty();
            default -> throw new GraphqlException("operationName is not a string");
        };
    }

    private static JsonValue.Mapping variables(JsonValue.Mapping body) throws GraphqlException {
        return switch (body.member("variables").orElse(new JsonValue.Null())) {
            case JsonValue.Mapping variables -> variables;
            case JsonValue.Null none -> new JsonValue.Mapping(Map.of());
            default -> throw new GraphqlException("variables is not an object");
        };
    }

    private static OperationDefinition choose(
            List<OperationDefinition> operations, Optional<String> name) throws GraphqlException {
        Map<String, OperationDefinition> byName = new LinkedHashMap<>();
        for (OperationDefinition operation : operations) {
            String operationName = operation.getName() == null ? "" : operation.getName();
            if (byName.put(operationName, operation) != null) {
                throw new GraphqlException("two operations have the same name");
            }
        }
        if (byName.size() == 1 && name.orElse("").isEmpty()) {
            return byName.values().iterator().next();
        }
        if (byName.containsKey("") && byName.size() > 1) {
            throw new GraphqlException("an operation without a name is not the only one");
        }
        if (name.isEmpty()) {
            throw new GraphqlException(
                    "the document has "
                            + byName.size()
                            + " operations (expected: one, or an operationName)");
        }
        return Optional.ofNullable(byName.get(name.get()))
                .orElseThrow(() -> new GraphqlException("no operation has the operationName"));
    }

    private static String shown(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_]", "?");
        return plain.length() <= 40 ? plain : plain.substring(0, 40) + "…";
    }
}
