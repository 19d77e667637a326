package dev.unifiedproxy.github;

import dev.unifiedproxy.json.JsonValue;
import dev.unifiedproxy.policy.Decision;

import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges one operation: every field that it selects, through aliases and fragments; what {@code
 * skip} and {@code include} stand at counts as selected.
 */
final class GraphqlJudge {
    /** Read files of a repository. */
    private static final Set<String> CONTENTS = Set.of("object", "file", "tree", "blame");

    /** Lead from one repository to others, or to people and what is theirs. */
    private static final Set<String> LEAVING =
            Set.of(
                    "repository",
                    "repositories",
                    "parent",
                    "forks",
                    "templateRepository",
                    "headRepository",
                    "owner",
                    "source",
                    "subject");

    private static final Set<String> REVIEWS = Set.of("", "comment", "request_changes");

    private enum Place {
        /** A field of the query, or of the mutation, itself. */
        QUERY,
        MUTATION,
        /** Below a repository of the container's. */
        OURS,
        /** Anywhere else. */
        ELSEWHERE
    }

    /** A fragment is judged once for each place, or cycles and bombs would not end. */
    private record Visit(String fragment, Place place) {}

    private final GraphqlOperation operation;
    private final ContainerScope scope;
    private final Set<Visit> visited = new HashSet<>();

    private GraphqlJudge(GraphqlOperation operation, ContainerScope scope) {
        this.operation = operation;
        this.scope = scope;
    }

    /** The denial, or empty when there is nothing against the operation. */
    static Optional<Decision.Deny> judge(GraphqlOperation operation, ContainerScope scope)
            throws GraphqlException {
        OperationDefinition definition = operation.definition();
        Place place =
                switch (definition.getOperation()) {
                    case QUERY -> Place.QUERY;
                    case MUTATION -> Place.MUTATION;
                    case SUBSCRIPTION ->
                            throw new GraphqlException("a subscription is not supported");
                };
        return new GraphqlJudge(operation, scope).selections(definition.getSelectionSet(), place);
    }

    private Optional<Decision.Deny> selections(SelectionSet set, Place place)
            throws GraphqlException {
        for (Selection<?> selection : set.getSelections()) {
            Optional<Decision.Deny> denial =
                    switch (selection) {
                        case Field field -> field(field, place);
                        case InlineFragment inline -> selections(inline.getSelectionSet(), place);
                        case FragmentSpread spread -> fragment(spread.getName(), place);
                        default -> throw new GraphqlException("a selection is of an unknown kind");
                    };
            if (denial.isPresent()) {
                return denial;
            }
        }
        return Optional.empty();
    }

    private Optional<Decision.Deny> fragment(String name, Place place) throws GraphqlException {
        FragmentDefinition fragment = operation.fragments().get(name);
        if (fragment == null) {
            throw new GraphqlException("a fragment is not defined");
        }
        return visited.add(new Visit(name, place))
                ? selections(fragment.getSelectionSet(), place)
                : Optional.empty();
    }

    private Optional<Decision.Deny> field(Field field, Place place) throws GraphqlException {
        Optional<Decision.Deny> denial =
                switch (place) {
                    case QUERY -> query(field);
                    case MUTATION -> mutation(field);
                    case OURS, ELSEWHERE -> inside(field, place);
                };
        return denial.isPresent() || field.getSelectionSet() == null
                ? denial
                : selections(field.getSelectionSet(), below(field, place));
    }

    /** Where the selections of a field stand that was not denied. */
    private static Place below(Field field, Place place) {
        return switch (place) {
            case QUERY ->
                    field.getName().equals("repository") || field.getName().equals("resource")
                            ? Place.OURS
                            : Place.ELSEWHERE;
            case MUTATION, ELSEWHERE -> Place.ELSEWHERE;
            case OURS -> LEAVING.contains(field.getName()) ? Place.ELSEWHERE : Place.OURS;
        };
    }

    private Optional<Decision.Deny> query(Field field) throws GraphqlException {
        if (scope.readsAny()) {
            return Optional.empty();
        }
        return switch (field.getName()) {
            case "repository" -> repository(operation.arguments().of(field));
            case "resource" -> resource(operation.arguments().of(field));
            default -> Optional.empty();
        };
    }

    private Optional<Decision.Deny> repository(Map<String, JsonValue> arguments) {
        boolean ours =
                arguments.get("owner") instanceof JsonValue.Text(String owner)
                        && arguments.get("name") instanceof JsonValue.Text(String name)
                        && scope.owns(owner, name);
        return ours
                ? Optional.empty()
                : Optional.of(
                        GithubDenials.repository(
                                shown(arguments, "owner") + "/" + shown(arguments, "name"), true));
    }

    /** A page of a repository by its URL. */
    private Optional<Decision.Deny> resource(Map<String, JsonValue> arguments) {
        if (arguments.get("url") instanceof JsonValue.Text(String url)) {
            String[] parts = url.split("/", 6);
            if (parts.length >= 5
                    && parts[0].equals("https:")
                    && parts[1].isEmpty()
                    && scope.owns(parts[3], parts[4])) {
                return Optional.empty();
            }
        }
        return Optional.of(GithubDenials.repository(shown(arguments, "url"), true));
    }

    private Optional<Decision.Deny> inside(Field field, Place place) {
        if (scope.readsAny()) {
            return Optional.empty();
        }
        boolean byName = field.getName().equals("repository") && !field.getArguments().isEmpty();
        boolean contents = place == Place.ELSEWHERE && CONTENTS.contains(field.getName());
        return byName || contents
                ? Optional.of(
                        GithubDenials.contentsElsewhere("GraphQL field '" + field.getName() + "'"))
                : Optional.empty();
    }

    private Optional<Decision.Deny> mutation(Field field) throws GraphqlException {
        String name = field.getName();
        if (name.equals("__typename")) {
            return Optional.empty();
        }
        Optional<MutationTable.Condition> condition = MutationTable.condition(name);
        if (condition.isEmpty()) {
            return Optional.of(GithubDenials.mutation(name));
        }
        return switch (condition.get()) {
            case NONE -> Optional.empty();
            case PULL_REQUESTS -> pullRequests(name);
            case ISSUE_STAYS_OPEN -> issueStaysOpen(field);
            case PULL_STATE_STAYS ->
                    scope.pullRequests() ? pullStateStays(field) : pullRequests(name);
            case REVIEW -> scope.pullRequests() ? review(field) : pullRequests(name);
        };
    }

    private Optional<Decision.Deny> pullRequests(String name) {
        return scope.pullRequests()
                ? Optional.empty()
                : Optional.of(
                        GithubDenials.mutation(
                                name,
                                "register the sandbox with \"allow_pr\": true, or set"
                                        + " ALLOW_PR_OPERATIONS=true"));
    }

    private Optional<Decision.Deny> issueStaysOpen(Field field) throws GraphqlException {
        return switch (word(field, "state")) {
            case "", "open" -> Optional.empty();
            case "closed" -> Optional.of(GithubDenials.graphql(RestBodies.CLOSES_ISSUE));
            default -> Optional.of(GithubDenials.mutation(field.getName()));
        };
    }

    private Optional<Decision.Deny> pullStateStays(Field field) throws GraphqlException {
        return switch (word(field, "state")) {
            case "" -> Optional.empty();
            case "open" -> Optional.of(GithubDenials.graphql(RestBodies.REOPENS));
            case "closed" -> Optional.of(GithubDenials.graphql(RestBodies.CLOSES_PULL));
            default -> Optional.of(GithubDenials.mutation(field.getName()));
        };
    }

    private Optional<Decision.Deny> review(Field field) throws GraphqlException {
        return REVIEWS.contains(word(field, "event"))
                ? Optional.empty()
                : Optional.of(
                        GithubDenials.mutation(
                                field.getName(), "send it as COMMENT or REQUEST_CHANGES"));
    }

    /** A member of the input in lower case; empty where it has none, else {@code ?} if no name. */
    private String word(Field field, String member) throws GraphqlException {
        if (!(operation.arguments().of(field).get("input") instanceof JsonValue.Mapping input)) {
            throw new GraphqlException("the input of " + field.getName() + " is not an object");
        }
        return switch (input.member(member).orElse(new JsonValue.Null())) {
            case JsonValue.Text(String text) -> text.toLowerCase(Locale.ROOT);
            case JsonValue.Null none -> "";
            default -> "?";
        };
    }

    private static String shown(Map<String, JsonValue> arguments, String name) {
        if (arguments.get(name) instanceof JsonValue.Text(String text)) {
            String plain = text.replaceAll("[^A-Za-z0-9._:/-]", "?");
            return plain.length() <= 100 ? plain : plain.substring(0, 100) + "…";
        }
        return "?";
    }
}
