package dev.unifiedproxy.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines that are added to a YAML file as a person would add them: nothing else of it changes. */
final class LineInsertion {
    private static final int CONTEXT = 3;
    private static final String NO_LINE_FEED = "\\ No newline at end of file\n";

    private final String file;
    private final List<String> before;
    private final boolean terminated;
    private final int at;
    private final List<String> added;

    private LineInsertion(String file, String text, int at, List<String> added) {
        this.file = file;
        this.before = text.lines().toList();
        this.terminated = text.isEmpty() || text.endsWith("\n");
        this.at = at;
        this.added = added;
    }

    /**
     * Adds items to the list that stands under these keys; keys that are missing are added with it.
     *
     * @param text the file, which can be read; may be empty
     */
    static LineInsertion into(String file, String text, List<String> keys, List<String> items) {
        List<String> lines = text.lines().toList();
        Optional<YamlNode> root =
                YamlDocument.read(file, text.getBytes(StandardCharsets.UTF_8), new Problems());
        if (!(root.orElse(null) instanceof YamlNode.Mapping mapping)) {
            List<String> whole = new ArrayList<>(List.of("version: 1"));
            whole.addAll(below(keys, "", items));
            return new LineInsertion(file, text, lines.size(), whole);
        }
        YamlNode.Mapping node = mapping;
        for (int i = 0; i < keys.size(); i++) {
            Optional<YamlNode.Entry> entry = entry(node, keys.get(i));
            if (entry.isEmpty()) {
                String indent = " ".repeat(node.column() - 1);
                int line = i == 0 ? lines.size() : node.line() - 1;
                return new LineInsertion(
                        file, text, line, below(keys.subList(i, keys.size()), indent, items));
            }
            YamlNode.Entry known = entry.get();
            boolean last = i == keys.size() - 1;
            switch (known.value()) {
                case YamlNode.Mapping inner when !last -> node = inner;
                case YamlNode.Sequence list when !list.items().isEmpty() -> {
                    int line = list.items().getFirst().line() - 1;
                    String first = lines.get(line);
                    String dash = first.substring(0, Math.max(0, first.indexOf('-')));
                    return new LineInsertion(file, text, line, indented(dash, items));
                }
                case YamlNode.Sequence empty ->
                        throw new ConfigurationException(
                                List.of(
                                        new Problem(
                                                file,
                                                empty.line(),
                                                empty.column(),
                                                "an empty list (expected: none, or one with an item"
                                                        + " a line)")));
                case YamlNode.Mapping other -> throw unexpected(file, known);
                case YamlNode.Scalar other -> throw unexpected(file, known);
            }
        }
        throw new IllegalStateException("No list stands under " + keys);
    }

    private static ConfigurationException unexpected(String file, YamlNode.Entry entry) {
        return new ConfigurationException(
                List.of(
                        new Problem(
                                file,
                                entry.value().line(),
                                entry.value().column(),
                                entry.key().text() + " is " + entry.value().kind())));
    }

    private static Optional<YamlNode.Entry> entry(YamlNode.Mapping node, String key) {
        return node.entries().stream().filter(e -> e.key().text().equals(key)).findFirst();
    }

    private static List<String> below(List<String> keys, String indent, List<String> items) {
        List<String> lines = new ArrayList<>();
        String deeper = indent;
        for (String key : keys) {
            lines.add(deeper + key + ":");
            deeper += "  ";
        }
        lines.addAll(indented(deeper, items));
        return lines;
    }

    private static List<String> indented(String indent, List<String> items) {
        return items.stream().map(item -> indent + item).toList();
    }

    /** The file with the lines. */
    String after() {
        List<String> lines = new ArrayList<>(before);
        lines.addAll(at, added);
        return String.join("\n", lines) + "\n";
    }

    /**
     * The change, as {@code patch} and {@code git apply} read it.
     *
     * @param exists whether there is such a file
     */
    String difference(boolean exists) {
        int from = Math.max(0, at - CONTEXT);
        int to = Math.min(before.size(), at + CONTEXT);
        StringBuilder out = new StringBuilder();
        out.append("--- ").append(exists ? "a/" + file : "/dev/null").append('\n');
        out.append("+++ b/").append(file).append('\n');
        out.append("@@ -").append(to == from ? from : from + 1).append(',').append(to - from);
        out.append(" +").append(from + 1).append(',').append(to - from + added.size());
        out.append(" @@\n");
        boolean lastLineGrows = !terminated && at == before.size();
        before.subList(from, lastLineGrows ? at - 1 : at).forEach(line -> line(out, ' ', line));
        if (lastLineGrows) {
            line(out, '-', before.getLast());
            out.append(NO_LINE_FEED);
            line(out, '+', before.getLast());
        }
        added.forEach(line -> line(out, '+', line));
        before.subList(at, to).forEach(line -> line(out, ' ', line));
        if (!terminated && !lastLineGrows && to == before.size()) {
            out.append(NO_LINE_FEED);
        }
        return out.toString();
    }

    private static void line(StringBuilder out, char mark, String line) {
        out.append(mark).append(line).append('\n');
    }
}
