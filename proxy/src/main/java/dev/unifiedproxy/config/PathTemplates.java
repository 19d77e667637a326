package dev.unifiedproxy.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Few patterns that cover many paths: where two or more segments at one place look like ids, or
 * very many stand there, they become {@code *}; what was seen once stays as it is.
 */
final class PathTemplates {
    private static final int MAX_NAMES = 8;
    private static final String ANY = "*";

    /** Numbers, hashes, UUIDs, and long names with a digit. */
    private static final Pattern ID =
            Pattern.compile(
                    "[0-9]+|[0-9a-f]{7,64}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
                            + "|(?=.*[0-9])[A-Za-z0-9_-]{16,}");

    private final Map<String, PathTemplates> next = new TreeMap<>();
    private boolean end;

    private PathTemplates() {}

    /** Patterns in the order of their text, each path being matched by at least one of them. */
    static List<String> of(Collection<String> paths) {
        PathTemplates root = new PathTemplates();
        for (String path : paths) {
            root.add(path);
        }
        root.merge();
        List<String> found = new ArrayList<>();
        root.list("", found);
        return List.copyOf(found);
    }

    private void add(String path) {
        PathTemplates at = this;
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                String kept = segment.indexOf('*') >= 0 ? ANY : segment;
                at = at.next.computeIfAbsent(kept, s -> new PathTemplates());
            }
        }
        at.end = true;
    }

    private void merge() {
        List<String> ids = next.keySet().stream().filter(s -> ID.matcher(s).matches()).toList();
        if (next.size() > MAX_NAMES || next.containsKey(ANY)) {
            mergeInto(List.copyOf(next.keySet()));
        } else if (ids.size() > 1) {
            mergeInto(ids);
        }
        next.values().forEach(PathTemplates::merge);
    }

    private void mergeInto(List<String> segments) {
        PathTemplates any = new PathTemplates();
        for (String segment : segments) {
            PathTemplates one = next.remove(segment);
            if (one != null) {
                any.take(one);
            }
        }
        next.put(ANY, any);
    }

    private void take(PathTemplates other) {
        end |= other.end;
        other.next.forEach(
                (segment, below) ->
                        next.computeIfAbsent(segment, s -> new PathTemplates()).take(below));
    }

    private void list(String prefix, List<String> found) {
        if (end) {
            found.add(prefix.isEmpty() ? "/" : prefix);
        }
        next.forEach((segment, below) -> below.list(prefix + "/" + segment, found));
    }
}
