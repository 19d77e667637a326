package dev.unifiedproxy.github;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.http.NormalPath;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which hosts are GitHub's, and which API a path on them is. */
final class GithubHosts {
    private static final Host API = Hostname.parse("api.github.com");
    private static final Host UPLOADS = Hostname.parse("uploads.github.com");
    private static final int MAX_SHOWN = 200;

    private final Set<Host> enterprise;

    GithubHosts(Set<Host> enterprise) {
        this.enterprise = enterprise;
    }

    boolean concerns(Host host) {
        return host.equals(API) || host.equals(UPLOADS) || enterprise.contains(host);
    }

    /** The call that a path is; empty where it is none, such as a page of an Enterprise host. */
    Optional<ApiCall> call(Host host, NormalPath path) {
        List<String> segments = segments(path.text());
        String shown = shown(path);
        if (host.equals(API)) {
            boolean graphql = segments.equals(List.of("graphql"));
            return Optional.of(
                    new ApiCall(
                            graphql ? ApiCall.Door.GRAPHQL : ApiCall.Door.REST, segments, shown));
        }
        if (host.equals(UPLOADS)) {
            return Optional.of(new ApiCall(ApiCall.Door.UPLOADS, segments, shown));
        }
        return enterprise.contains(host) ? below(segments, shown) : Optional.empty();
    }

    /**
     * Whatever looks like the API of an Enterprise host, and is none of its three roots, is a call
     * of REST that no table has.
     */
    private static Optional<ApiCall> below(List<String> segments, String shown) {
        if (segments.isEmpty() || !segments.getFirst().toLowerCase(Locale.ROOT).startsWith("api")) {
            return Optional.empty();
        }
        if (segments.equals(List.of("api", "graphql"))) {
            return Optional.of(new ApiCall(ApiCall.Door.GRAPHQL, List.of("graphql"), shown));
        }
        if (startsWith(segments, "api", "v3")) {
            return Optional.of(below(ApiCall.Door.REST, segments, shown));
        }
        if (startsWith(segments, "api", "uploads")) {
            return Optional.of(below(ApiCall.Door.UPLOADS, segments, shown));
        }
        return Optional.of(new ApiCall(ApiCall.Door.REST, segments, shown));
    }

    private static ApiCall below(ApiCall.Door door, List<String> segments, String shown) {
        return new ApiCall(door, segments.subList(2, segments.size()), shown);
    }

    private static boolean startsWith(List<String> segments, String first, String second) {
        return segments.size() >= 2
                && segments.get(0).equals(first)
                && segments.get(1).equals(second);
    }

    private static List<String> segments(String path) {
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        return end == 0 ? List.of() : List.of(path.substring(1, end).split("/", -1));
    }

    private static String shown(NormalPath path) {
        String text = path.text();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
