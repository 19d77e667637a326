package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.PinnedAddress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads names and addresses in the form of hosts(5): {@code address name…}, {@code #} comments. */
public final class HostsFile {
    private static final int MAX_BYTES = 16 << 20;

    private HostsFile() {}

    /**
     * Reads a file's content, at most 16 MiB; a name on several lines has all their addresses.
     *
     * @throws ConfigurationException with every line that is not of that form
     */
    public static Map<Hostname, List<PinnedAddress>> parse(String file, byte[] content) {
        Map<Hostname, List<PinnedAddress>> hosts = new LinkedHashMap<>();
        Problems problems = new Problems();
        int number = 0;
        for (String line : Utf8.decode(file, content, MAX_BYTES).split("\n", -1)) {
            number++;
            int comment = line.indexOf('#');
            String text = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (text.isEmpty()) {
                continue;
            }
            int column = 1 + line.indexOf(text);
            String[] fields = text.split("[ \t\r]+");
            if (fields.length == 1) {
                String message = Problem.quoted(text) + " has no name (expected: address name…)";
                problems.add(new Problem(file, number, column, message));
                continue;
            }
            try {
                add(hosts, fields);
            } catch (HostSyntaxException e) {
                problems.add(new Problem(file, number, column, String.valueOf(e.getMessage())));
            }
        }
        problems.throwIfAny();
        Map<Hostname, List<PinnedAddress>> copy = new LinkedHashMap<>();
        hosts.forEach((name, addresses) -> copy.put(name, List.copyOf(addresses)));
        return Map.copyOf(copy);
    }

    private static void add(Map<Hostname, List<PinnedAddress>> hosts, String[] fields) {
        PinnedAddress address = PinnedAddress.parse(fields[0]);
        for (int i = 1; i < fields.length; i++) {
            List<PinnedAddress> addresses =
                    hosts.computeIfAbsent(Hostname.parseUnicode(fields[i]), n -> new ArrayList<>());
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
        }
    }
}
