package dev.unifiedproxy.github;

import dev.unifiedproxy.http.Method;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The calls of GitHub's REST API: what is denied and in which words, what is allowed, and what
 * needs pull requests to be allowed. What stands in neither part is refused. {@code GET} includes
 * {@code HEAD}.
 */
final class RestTable {
    /** What the body of an allowed call has to be. */
    enum Body {
        UNREAD,
        ISSUE,
        NEW_PULL,
        PULL,
        REVIEW,
        CONTENTS,
        RELEASE
    }

    /** A call that is refused with these words; {@code PATH} in them is the path. */
    record Denied(Method method, PathPattern path, String words) {
        String words(ApiCall call) {
            return words.replace("PATH", call.shown());
        }
    }

    /** A call that is allowed if its body is. */
    record Allowed(Method method, PathPattern path, boolean pullRequest, Body body) {}

    private static final String REPO = "/repos/{o}/{r}";
    private static final String BLOCKED = "Path 'PATH' is blocked by policy";
    private static final Set<Method> SECRETS = Set.of(Method.GET, Method.PUT, Method.DELETE);
    private static final Set<Method> VARIABLES =
            Set.of(Method.GET, Method.POST, Method.PATCH, Method.DELETE);

    private static final List<Denied> DENIED =
            Stream.of(
                            deny(
                                    Method.DELETE,
                                    REPO,
                                    "gh repo delete: permanently destroys repository"),
                            deny(
                                    Method.DELETE,
                                    REPO + "/releases/{n}",
                                    "gh release delete: removes release artifacts"),
                            deny(
                                    Method.POST,
                                    REPO + "/releases",
                                    "GitHub release creation is blocked by policy"),
                            deny(
                                    Method.DELETE,
                                    REPO + "/git/refs/**",
                                    "gh api: deletes branch/tag (history loss)"),
                            deny(
                                    Method.PATCH,
                                    REPO + "/git/refs/**",
                                    "gh api: force updates ref (history rewrite)"),
                            deny(
                                    Method.POST,
                                    REPO + "/git/refs",
                                    "gh api: creates git ref (use git push instead)"),
                            deny(
                                    Method.PUT,
                                    REPO + "/pulls/{n}/merge",
                                    "gh pr merge: merges pull request (requires human approval)"),
                            deny(
                                    Method.PUT,
                                    REPO + "/pulls/{n}/auto-merge",
                                    "auto-merge: enables automatic merge (requires human"
                                            + " approval)"),
                            deny(
                                    Method.DELETE,
                                    REPO + "/pulls/{n}/auto-merge",
                                    "auto-merge: disables automatic merge (requires human"
                                            + " approval)"),
                            deny(
                                    Method.DELETE,
                                    REPO + "/pulls/{n}/reviews/{n}",
                                    "review deletion: removes review (requires human approval)"),
                            deny(
                                    Method.PUT,
                                    REPO + "/pulls/{n}/reviews/{n}/dismissals",
                                    "review dismissal: dismisses review (requires human approval)"),
                            deny(
                                    Method.POST,
                                    REPO + "/merges",
                                    "gh api: creates merge commit (requires human approval)"),
                            deny(
                                    Method.DELETE,
                                    REPO + "/branches/**/protection/**",
                                    "gh api: removes branch protection"),
                            deny(
                                    Method.PUT,
                                    REPO + "/branches/**/protection/**",
                                    "gh api: modifies branch protection"),
                            deny(
                                    Method.POST,
                                    REPO + "/branches/**/protection/**",
                                    "gh api: creates branch protection rule"),
                            deny(Method.GET, REPO + "/branches/**/protection/**", BLOCKED),
                            deny(Method.GET, REPO + "/branches/**/rename", BLOCKED),
                            deny(Method.GET, REPO + "/hooks/**", BLOCKED),
                            deny(Method.GET, REPO + "/keys/**", BLOCKED),
                            deny(Method.GET, REPO + "/deploy_keys/**", BLOCKED),
                            deny(
                                    Method.GET,
                                    REPO + "/environments/{x}/deployment-branch-policy",
                                    BLOCKED),
                            deny(Method.GET, "/orgs/{o}/hooks/**", BLOCKED),
                            secrets(REPO + "/actions/secrets/**", "repository"),
                            secrets(REPO + "/actions/organization-secrets/**", "organization"),
                            secrets("/orgs/{o}/actions/secrets/**", "organization"),
                            secrets("/orgs/{o}/dependabot/secrets/**", "organization"),
                            secrets("/orgs/{o}/codespaces/secrets/**", "organization"),
                            secrets("/user/codespaces/secrets/**", "codespaces"),
                            secrets(REPO + "/environments/{x}/secrets/**", "environment"),
                            secrets(REPO + "/dependabot/secrets/**", "dependabot"),
                            secrets(REPO + "/codespaces/secrets/**", "codespaces"),
                            variables(REPO + "/actions/variables/**", "repository"),
                            variables(REPO + "/actions/organization-variables/**", "organization"),
                            variables("/orgs/{o}/actions/variables/**", "organization"),
                            variables(REPO + "/environments/{x}/variables/**", "environment"),
                            deny(
                                    Method.POST,
                                    "/gists/**",
                                    "gh gist: publishes outside the repository (requires human"
                                            + " approval)"),
                            deny(
                                    Method.PATCH,
                                    "/gists/**",
                                    "gh gist: publishes outside the repository (requires human"
                                            + " approval)"))
                    .flatMap(List::stream)
                    .toList();

    private static final List<Allowed> ALLOWED =
            Stream.of(
                            allow(Method.GET, REPO, REPO + "/**"),
                            allow(
                                    Method.POST,
                                    REPO + "/issues",
                                    REPO + "/issues/{n}/comments",
                                    REPO + "/git/blobs",
                                    REPO + "/git/trees",
                                    REPO + "/git/commits",
                                    REPO + "/git/tags",
                                    REPO + "/releases/{n}/assets",
                                    REPO + "/labels",
                                    REPO + "/milestones",
                                    REPO + "/check-runs",
                                    REPO + "/statuses/{sha}"),
                            allow(Method.PATCH, REPO + "/check-runs/{n}"),
                            allow(Method.PATCH, Body.ISSUE, REPO + "/issues/{n}"),
                            allow(Method.PATCH, Body.RELEASE, REPO + "/releases/{n}"),
                            allow(Method.PUT, Body.CONTENTS, REPO + "/contents/**"),
                            allow(
                                    Method.POST,
                                    Body.REVIEW,
                                    REPO + "/pulls/{n}/reviews",
                                    REPO + "/pulls/{n}/reviews/{n}/events"),
                            pullRequest(Method.POST, REPO + "/pulls", Body.NEW_PULL),
                            pullRequest(Method.POST, REPO + "/pulls/{n}/comments", Body.UNREAD),
                            pullRequest(Method.PATCH, REPO + "/pulls/{n}", Body.PULL),
                            allow(
                                    Method.GET,
                                    "/",
                                    "/meta",
                                    "/rate_limit",
                                    "/user/**",
                                    "/users/{x}/**",
                                    "/orgs/{x}/**",
                                    "/search/**",
                                    "/gists/**",
                                    "/notifications/**"),
                            allow(Method.PUT, "/notifications/**", "/user/starred/{o}/{r}"),
                            allow(Method.PATCH, "/notifications/**"),
                            allow(Method.DELETE, "/user/starred/{o}/{r}"))
                    .flatMap(List::stream)
                    .toList();

    private static final List<Allowed> UPLOADS = allow(Method.POST, REPO + "/releases/{n}/assets");

    private RestTable() {}

    /** The words against a call, if the table has some. */
    static Optional<Denied> denial(Method method, ApiCall call) {
        Method read = method == Method.HEAD ? Method.GET : method;
        for (Denied row : DENIED) {
            if (row.method() == read && row.path().mayMatch(call.segments())) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    /** The row that allows a call, if there is one. */
    static Optional<Allowed> allowance(Method method, ApiCall call) {
        Method read = method == Method.HEAD ? Method.GET : method;
        List<Allowed> rows = call.door() == ApiCall.Door.UPLOADS ? UPLOADS : ALLOWED;
        for (Allowed row : rows) {
            if (row.method() == read && row.path().matches(call.segments())) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    private static List<Denied> deny(Method method, String path, String words) {
        return List.of(new Denied(method, PathPattern.of(path), words));
    }

    private static List<Denied> secrets(String path, String whose) {
        return words(SECRETS, path, "gh secret: ", " " + whose + " secrets");
    }

    private static List<Denied> variables(String path, String whose) {
        return words(VARIABLES, path, "gh variable: ", " " + whose + " variables");
    }

    private static List<Denied> words(
            Set<Method> methods, String path, String before, String behind) {
        List<Denied> rows = new ArrayList<>();
        for (Method method : EnumSet.copyOf(methods)) {
            rows.addAll(deny(method, path, before + verb(method) + behind));
        }
        return rows;
    }

    private static String verb(Method method) {
        return switch (method) {
            case GET, HEAD, OPTIONS -> "accesses";
            case POST, CONNECT -> "creates";
            case PUT, PATCH -> "modifies";
            case DELETE -> "deletes";
        };
    }

    private static List<Allowed> allow(Method method, String... paths) {
        return allow(method, Body.UNREAD, paths);
    }

    private static List<Allowed> allow(Method method, Body body, String... paths) {
        return Stream.of(paths)
                .map(path -> new Allowed(method, PathPattern.of(path), false, body))
                .toList();
    }

    private static List<Allowed> pullRequest(Method method, String path, Body body) {
        return List.of(new Allowed(method, PathPattern.of(path), true, body));
    }
}
