package dev.unifiedproxy.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the part of YAML that configuration needs: one document of mappings, lists and single
 * values.
 *
 * <p>Stricter than YAML: anchors, aliases, tags, keys that are not single values, a key twice in
 * one mapping, and more than 16 levels are problems.
 */
final class YamlDocument {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;

    private final String file;
    private final Problems problems;
    private final Iterator<Event> events;

    private YamlDocument(String file, int maxBytes, Problems problems, String text) {
        this.file = file;
        this.problems = problems;
        LoadSettings settings =
                LoadSettings.builder().setLabel(file).setCodePointLimit(maxBytes).build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /**
     * Reads a file's content.
     *
     * @param problems receives what is wrong but does not prevent reading on
     * @return empty when the file says nothing
     * @throws ConfigurationException when reading cannot go on
     */
    static Optional<YamlNode> read(String file, byte[] content, Problems problems) {
        return read(file, content, MAX_BYTES, problems);
    }

    /** The same for a file that may be larger, or must be smaller, than 1 MiB. */
    static Optional<YamlNode> read(String file, byte[] content, int maxBytes, Problems problems) {
        String text = Utf8.decode(file, content, maxBytes);
        try {
            return new YamlDocument(file, maxBytes, problems, text).document();
        } catch (MarkedYamlEngineException e) {
            throw new ConfigurationException(List.of(marked(file, e)));
        } catch (YamlEngineException e) {
            throw notYaml(file, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // What the engine lets escape for an escape sequence that the end of the file cuts.
            throw notYaml(file, "an escape sequence is not complete");
        }
    }

    private static ConfigurationException notYaml(String file, String what) {
        return new ConfigurationException(
                List.of(Problem.ofFile(file, "is not YAML: " + oneLine(what))));
    }

    private static Problem marked(String file, MarkedYamlEngineException e) {
        String what = "is not YAML: " + oneLine(String.valueOf(e.getProblem()));
        return e.getProblemMark()
                .map(mark -> new Problem(file, mark.getLine() + 1, mark.getColumn() + 1, what))
                .orElseGet(() -> Problem.ofFile(file, what));
    }

    private static String oneLine(String message) {
        String quoted = Problem.quoted(message);
        return quoted.substring(1, quoted.length() - 1);
    }

    private Optional<YamlNode> document() {
        Optional<YamlNode> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case Alias, Scalar, SequenceStart, MappingStart -> {
                    if (root.isPresent()) {
                        throw stop(event, "a second document begins (expected: one)");
                    }
                    root = Optional.of(node(event, 1));
                }
                case StreamStart,
                        StreamEnd,
                        DocumentStart,
                        DocumentEnd,
                        SequenceEnd,
                        MappingEnd,
                        Comment -> {}
            }
        }
        return root;
    }

    private YamlNode node(Event event, int depth) {
        if (depth > MAX_DEPTH) {
            throw stop(event, "has more than " + MAX_DEPTH + " levels");
        }
        checkPlain(event);
        int line = line(event);
        int column = column(event);
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> new YamlNode.Sequence(items(depth), line, column);
            case MappingStart -> new YamlNode.Mapping(entries(depth), line, column);
            case Alias -> new YamlNode.Scalar("", line, column);
            case StreamStart,
                    StreamEnd,
                    DocumentStart,
                    DocumentEnd,
                    SequenceEnd,
                    MappingEnd,
                    Comment ->
                    throw new IllegalStateException(
                            "YAML event " + event.getEventId() + " where a value begins");
        };
    }

    private static YamlNode.Scalar scalar(ScalarEvent event) {
        boolean absent =
                event.getScalarStyle() == ScalarStyle.PLAIN
                        && (event.getValue().equals("~") || event.getValue().equals("null"));
        return new YamlNode.Scalar(absent ? "" : event.getValue(), line(event), column(event));
    }

    private List<YamlNode> items(int depth) {
        List<YamlNode> items = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(node(event, depth + 1));
            event = events.next();
        }
        return items;
    }

    private List<YamlNode.Entry> entries(int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            YamlNode key = node(event, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (key instanceof YamlNode.Scalar name) {
                Integer before = lines.putIfAbsent(name.text(), name.line());
                if (before == null) {
                    entries.add(new YamlNode.Entry(name, value));
                } else {
                    problem(
                            event,
                            "key "
                                    + Problem.quoted(name.text())
                                    + " stands twice, first on line "
                                    + before);
                }
            } else {
                problem(event, "a key is " + key.kind() + " (expected: a single value)");
            }
            event = events.next();
        }
        return entries;
    }

    private void checkPlain(Event event) {
        if (event instanceof AliasEvent alias) {
            problem(event, "alias *" + alias.getAlias() + " (expected: no anchors and aliases)");
        } else if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            problem(
                    event,
                    "anchor &" + node.getAnchor().get() + " (expected: no anchors and aliases)");
        }
        boolean tagged =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag().isPresent();
                    case CollectionStartEvent start -> start.getTag().isPresent();
                    default -> false;
                };
        if (tagged) {
            problem(event, "a tag (expected: no tags; a text that starts with '!' needs quotes)");
        }
    }

    private void problem(Event event, String message) {
        problems.add(new Problem(file, line(event), column(event), message));
    }

    private ConfigurationException stop(Event event, String message) {
        return new ConfigurationException(
                List.of(new Problem(file, line(event), column(event), message)));
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(-1) + 1;
    }
}
