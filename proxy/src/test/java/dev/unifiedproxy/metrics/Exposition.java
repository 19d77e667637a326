package dev.unifiedproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text format strictly, line by line; a line that is not of it fails the test. */
final class Exposition {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(?:\\{((?:[a-z_]+=\"[^\"\\\\\\n]*\",?)*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|histogram)");
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) .+");

    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, String> types = new HashMap<>();

    static Exposition parse(String text) {
        Exposition read = new Exposition();
        assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
        text.lines().forEach(read::line);
        return read;
    }

    private void line(String line) {
        Matcher type = TYPE.matcher(line);
        if (type.matches()) {
            assertThat(types.put(type.group(1), type.group(2))).as(line).isNull();
        } else if (line.startsWith("#")) {
            assertThat(line).matches(HELP);
        } else {
            sample(line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1);
        assertThat(types).as(line).containsKey(name.replaceAll("_(bucket|count|sum)$", ""));
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        StringBuilder key = new StringBuilder(name).append('{');
        labels.forEach(
                (k, v) ->
                        key.append(key.charAt(key.length() - 1) == '{' ? "" : ",")
                                .append(k)
                                .append("=\"")
                                .append(v)
                                .append('"'));
        assertThat(samples.put(key.append('}').toString(), Double.valueOf(sample.group(3))))
                .as("twice: " + line)
                .isNull();
    }

    /** The value of a sample, whose labels are in the order of their names. */
    double value(String sample) {
        assertThat(samples).containsKey(sample);
        return samples.getOrDefault(sample, Double.NaN);
    }

    String type(String name) {
        return types.getOrDefault(name, "none");
    }

    /** All samples with this name. */
    List<String> names(String name) {
        return samples.keySet().stream().filter(key -> key.startsWith(name + "{")).toList();
    }

    List<String> all() {
        return List.copyOf(samples.keySet());
    }
}
