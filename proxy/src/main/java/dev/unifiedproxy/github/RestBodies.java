package dev.unifiedproxy.github;

import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.json.JsonSyntaxException;
import dev.unifiedproxy.json.JsonValue;
import dev.unifiedproxy.policy.Decision;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the bodies of REST calls may say. What is not understood is refused. */
final class RestBodies {
    static final String REOPENS = "gh pr reopen: reopening closed PRs requires human approval";
    static final String APPROVES = "Self-approving pull requests is blocked by policy";
    static final String CLOSES_ISSUE = "Closing issues via API is blocked by policy";

    static final String CLOSES_PULL = "Closing pull requests via API is blocked by policy";
    private static final Set<String> REVIEWS = Set.of("", "comment", "request_changes");

    /** Members of a release that make or move a tag, or publish. */
    private static final List<String> PUBLISHING = List.of("tag_name", "target_commitish", "draft");

    private static final List<String> RESTRICTED = List.of(".github/workflows", ".github/actions");
    private static final Set<String> OWNERS_FILES =
            Set.of("codeowners", ".github/codeowners", "docs/codeowners");

    /** Git's own rule for branch names, without what it reads as an expression. */
    private static final String NOT_IN_BRANCHES = " ~^:?*[\\";

    private final ContainerScope scope;
    private final ApiCall call;

    RestBodies(ContainerScope scope, ApiCall call) {
        this.scope = scope;
        this.call = call;
    }

    Optional<Decision.Deny> judge(RestTable.Body kind, WholeBody body) {
        Optional<JsonValue.Mapping> object;
        try {
            object = JsonBody.read(body);
        } catch (JsonSyntaxException e) {
            return unreadable("The body " + e.getMessage());
        }
        if (object.isEmpty()) {
            return unreadable("The body is not a JSON object");
        }
        JsonValue.Mapping members = object.get();
        return switch (kind) {
            case UNREAD -> Optional.empty();
            case ISSUE -> issue(members);
            case PULL -> pull(members);
            case NEW_PULL -> newPull(members);
            case REVIEW -> review(members);
            case CONTENTS -> contents(members);
            case RELEASE -> release(members);
        };
    }

    private static Optional<Decision.Deny> issue(JsonValue.Mapping members) {
        return switch (word(members, "state")) {
            case "", "open" -> Optional.empty();
            case "closed" -> refuse(CLOSES_ISSUE);
            default -> unreadable("state is not understood (expected: open)");
        };
    }

    private static Optional<Decision.Deny> pull(JsonValue.Mapping members) {
        return switch (word(members, "state")) {
            case "" -> Optional.empty();
            case "open" -> refuse(REOPENS);
            case "closed" -> refuse(CLOSES_PULL);
            default -> unreadable("state is not understood (expected: none)");
        };
    }

    private static Optional<Decision.Deny> review(JsonValue.Mapping members) {
        String event = word(members, "event");
        if (event.equals("approve")) {
            return refuse(APPROVES);
        }
        return REVIEWS.contains(event)
                ? Optional.empty()
                : unreadable("event is not understood (expected: COMMENT or REQUEST_CHANGES)");
    }

    private static Optional<Decision.Deny> release(JsonValue.Mapping members) {
        return PUBLISHING.stream()
                .filter(name -> members.member(name).isPresent())
                .findFirst()
                .map(
                        name ->
                                GithubDenials.listed(
                                        "gh release edit: '"
                                                + name
                                                + "' publishes or moves a release (requires human"
                                                + " approval)"));
    }

    /**
     * The branches must be of the container's repositories: {@code branch} or {@code owner:branch}.
     */
    private Optional<Decision.Deny> newPull(JsonValue.Mapping members) {
        for (String side : List.of("base", "head")) {
            Optional<JsonValue> member = members.member(side);
            if (member.isEmpty()) {
                continue;
            }
            if (!(member.get() instanceof JsonValue.Text(String branch))) {
                return unreadable(side + " is " + member.get().kind() + " (expected: a string)");
            }
            int colon = branch.indexOf(':');
            if (colon != branch.lastIndexOf(':')) {
                return unreadable(side + " is not understood (expected: branch or owner:branch)");
            }
            if (colon >= 0 && !scope.ownsOneOf(branch.substring(0, colon))) {
                return Optional.of(
                        GithubDenials.repository(branch.substring(0, colon) + "/…", false));
            }
        }
        return headRepository(members);
    }

    private Optional<Decision.Deny> headRepository(JsonValue.Mapping members) {
        Optional<JsonValue> member = members.member("head_repo");
        if (member.isEmpty() || member.get() instanceof JsonValue.Null) {
            return Optional.empty();
        }
        if (!(member.get() instanceof JsonValue.Text(String name))) {
            return unreadable("head_repo is " + member.get().kind() + " (expected: a string)");
        }
        int slash = name.indexOf('/');
        String head = members.text("head").orElse("");
        int colon = head.indexOf(':');
        String owner =
                slash >= 0
                        ? name.substring(0, slash)
                        : colon >= 0 ? head.substring(0, colon) : call.segments().get(1);
        return scope.owns(owner, name.substring(slash + 1))
                ? Optional.empty()
                : Optional.of(
                        GithubDenials.repository(owner + "/" + name.substring(slash + 1), false));
    }

    private Optional<Decision.Deny> contents(JsonValue.Mapping members) {
        String path = call.decodedFrom(4);
        if (isRestricted(path)) {
            return refuse("gh api: writes '" + path + "', a restricted path");
        }
        Optional<JsonValue> named = members.member("path");
        if (named.isPresent() && !named.get().equals(new JsonValue.Text(path))) {
            return unreadable("path in the body is not the path of the URL");
        }
        if (!(members.member("branch").orElse(new JsonValue.Null())
                instanceof JsonValue.Text(String branch))) {
            return Optional.of(
                    GithubDenials.operation(
                            "gh api: writes to the default branch",
                            "name a \"branch\" that is not protected, or use git push"));
        }
        if (!isBranch(branch)) {
            return unreadable("branch is not the name of a branch");
        }
        return scope.isProtected(branch)
                ? Optional.of(
                        GithubDenials.operation(
                                "Direct write to protected branch "
                                        + ContainerScope.branchName(branch)
                                        + " is not allowed",
                                "write to another branch and open a pull request"))
                : Optional.empty();
    }

    /** Without case: a name that differs in it alone is a file of its own, and no loss. */
    static boolean isRestricted(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        return OWNERS_FILES.contains(lower)
                || RESTRICTED.stream()
                        .anyMatch(dir -> lower.equals(dir) || lower.startsWith(dir + "/"));
    }

    private static boolean isBranch(String branch) {
        return !branch.isEmpty()
                && !branch.contains("..")
                && !branch.contains("@{")
                && !branch.contains("//")
                && !branch.startsWith("/")
                && !branch.endsWith("/")
                && !branch.startsWith("-")
                && !branch.equals("@")
                && !branch.equalsIgnoreCase("HEAD")
                && branch.chars()
                        .allMatch(c -> c > ' ' && c != 0x7f && NOT_IN_BRANCHES.indexOf(c) < 0);
    }

    /** The member in lower case; empty where there is none, {@code ?} where it is no string. */
    private static String word(JsonValue.Mapping members, String name) {
        return switch (members.member(name).orElse(new JsonValue.Null())) {
            case JsonValue.Text(String text) -> text.toLowerCase(Locale.ROOT);
            case JsonValue.Null none -> "";
            case JsonValue.Numeric number -> "?";
            case JsonValue.Bool bool -> "?";
            case JsonValue.Sequence array -> "?";
            case JsonValue.Mapping object -> "?";
        };
    }

    private static Optional<Decision.Deny> refuse(String words) {
        return Optional.of(GithubDenials.listed(words));
    }

    private static Optional<Decision.Deny> unreadable(String words) {
        return Optional.of(
                GithubDenials.operation(words, "send one JSON object as the documentation has it"));
    }
}
