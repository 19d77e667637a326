package dev.unifiedproxy.config;

import dev.unifiedproxy.host.Cidr;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.PassThroughList;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single settings; what is wrong becomes a problem and the fallback is returned. */
final class SettingValues {
    private static final Pattern DECIMAL_SECONDS =
            Pattern.compile("([0-9]{1,5})(?:\\.([0-9]{1,3}))?");

    private final Map<String, String> environment;
    private final Map<String, String> flags;
    private final Problems problems;

    SettingValues(Map<String, String> environment, Map<String, String> flags, Problems problems) {
        this.environment = environment;
        this.flags = flags;
        this.problems = problems;
    }

    /** The value from the flags, else from the environment; an empty one counts as absent. */
    Optional<String> text(String name) {
        String flag = flags.getOrDefault(name, "");
        String value = flag.isEmpty() ? environment.getOrDefault(name, "") : flag;
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    int number(String name, int fallback, int least, int most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        long value = decimal(text.get());
        if (value < least || value > most) {
            wrong(name, text.get(), "a number from " + least + " to " + most);
            return fallback;
        }
        return (int) value;
    }

    /** The number, or -1: no sign, no blanks, at most nine digits. */
    private static long decimal(String text) {
        long value = text.isEmpty() ? -1 : 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i > 8) {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    Duration seconds(String name, int fallback, int least) {
        return Duration.ofSeconds(number(name, fallback, least, 86_400));
    }

    /** A time of at least a millisecond and at most a day, such as 1, 0.5 or 1.0. */
    Duration decimalSeconds(String name, Duration fallback) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        Matcher parts = DECIMAL_SECONDS.matcher(text.get());
        if (parts.matches()) {
            String fraction = parts.group(2) == null ? "" : parts.group(2);
            long millis =
                    Long.parseLong(parts.group(1)) * 1000
                            + Long.parseLong((fraction + "000").substring(0, 3));
            if (millis > 0 && millis <= 86_400_000) {
                return Duration.ofMillis(millis);
            }
        }
        wrong(name, text.get(), "seconds from 0.001 to 86400, with at most 3 decimals");
        return fallback;
    }

    <E extends Enum<E>> E choice(String name, E fallback, E[] values) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        List<String> names = new ArrayList<>();
        for (E value : values) {
            String lower = value.name().toLowerCase(Locale.ROOT);
            if (lower.equals(text.get().toLowerCase(Locale.ROOT))) {
                return value;
            }
            names.add(lower);
        }
        wrong(name, text.get(), "one of " + String.join(", ", names));
        return fallback;
    }

    boolean yes(String name, boolean fallback) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        return switch (text.get().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes" -> true;
            case "false", "0", "no" -> false;
            default -> {
                wrong(name, text.get(), "true or false");
                yield fallback;
            }
        };
    }

    /** A level; the names that Python knows are understood too. */
    Settings.LogLevel level(String name, Settings.LogLevel fallback) {
        return switch (text(name).orElse("").toLowerCase(Locale.ROOT)) {
            case "" -> fallback;
            case "trace", "debug" -> Settings.LogLevel.DEBUG;
            case "info" -> Settings.LogLevel.INFO;
            case "warn", "warning" -> Settings.LogLevel.WARN;
            case "error", "critical", "fatal" -> Settings.LogLevel.ERROR;
            default -> {
                wrong(name, text(name).orElse(""), "one of debug, info, warn, error");
                yield fallback;
            }
        };
    }

    Path path(String name, Path fallback) {
        return path(name).orElse(fallback);
    }

    Optional<Path> path(String name) {
        return text(name)
                .flatMap(
                        text -> {
                            try {
                                return Optional.of(Path.of(text).toAbsolutePath().normalize());
                            } catch (InvalidPathException e) {
                                wrong(name, text, "a path");
                                return Optional.empty();
                            }
                        });
    }

    Settings.Endpoint endpoint(String addressName, String portName, int defaultPort) {
        IpAddress address = IpAddress.of(new byte[4]);
        Optional<String> text = text(addressName);
        if (text.isPresent()) {
            try {
                address = IpAddress.parse(withoutBrackets(text.get()));
            } catch (HostSyntaxException e) {
                wrong(addressName, text.get(), "an IP address such as 0.0.0.0 or ::1");
            }
        }
        return new Settings.Endpoint(address, number(portName, defaultPort, 0, 65_535));
    }

    List<Cidr> networks(String name) {
        List<Cidr> networks = new ArrayList<>();
        for (String item : list(name)) {
            try {
                networks.add(Cidr.parse(item));
            } catch (HostSyntaxException e) {
                wrong(name, item, "networks such as 10.0.0.0/8, separated by commas");
            }
        }
        return List.copyOf(networks);
    }

    /** DNS servers; without a port, 53. */
    List<Settings.Endpoint> servers(String name) {
        List<Settings.Endpoint> servers = new ArrayList<>();
        for (String item : list(name)) {
            server(item)
                    .ifPresentOrElse(
                            servers::add,
                            () ->
                                    wrong(
                                            name,
                                            item,
                                            "address[:port], separated by commas;"
                                                    + " [address]:port for IPv6"));
        }
        return List.copyOf(servers);
    }

    /** Names as in an allowlist; neither denials nor addresses. */
    PassThroughList passThrough(String name) {
        List<AllowRule> entries = new ArrayList<>();
        for (String item : list(name)) {
            try {
                AllowRule entry = HostRuleSyntax.parse(item, name, "");
                if (entry.pattern() instanceof HostPattern.Subtree(Hostname base)
                        && base.text().indexOf('.') < 0) {
                    throw new IllegalArgumentException("a whole top-level domain");
                }
                entries.addAll(new PassThroughList(List.of(entry)).entries());
            } catch (IllegalArgumentException e) {
                wrong(name, item, "name or *.name, with or without :port, separated by commas");
            }
        }
        return new PassThroughList(entries);
    }

    private static Optional<Settings.Endpoint> server(String item) {
        int colon = portColon(item);
        String address = colon < 0 ? item : item.substring(0, colon);
        long port = colon < 0 ? 53 : decimal(item.substring(colon + 1));
        if (port < 1 || port > 65_535) {
            return Optional.empty();
        }
        try {
            IpAddress parsed = IpAddress.parse(withoutBrackets(address));
            return Optional.of(new Settings.Endpoint(parsed, (int) port));
        } catch (HostSyntaxException e) {
            return Optional.empty();
        }
    }

    /** Names, {@code *.names} and addresses. */
    List<HostPattern> hosts(String name) {
        List<HostPattern> patterns = new ArrayList<>();
        for (String item : list(name)) {
            try {
                patterns.add(HostPattern.parse(item));
            } catch (HostSyntaxException e) {
                wrong(name, item, "names, *.names and addresses, separated by commas");
            }
        }
        return List.copyOf(patterns);
    }

    /** Names, without wildcards. */
    Set<Host> names(String name) {
        Set<Host> names = new LinkedHashSet<>();
        for (String item : list(name)) {
            try {
                names.add(Hostname.parseUnicode(item));
            } catch (HostSyntaxException e) {
                wrong(name, item, "names, separated by commas");
            }
        }
        return names;
    }

    private List<String> list(String name) {
        return text(name).map(text -> List.of(text.split(",", -1))).orElse(List.of()).stream()
                .map(String::strip)
                .toList();
    }

    private static int portColon(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf("]:");
            return close < 0 ? -1 : close + 1;
        }
        int colon = text.indexOf(':');
        return colon == text.lastIndexOf(':') ? colon : -1;
    }

    private static String withoutBrackets(String text) {
        return text.startsWith("[") && text.endsWith("]")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    void wrong(String name, String value, String expected) {
        problems.add(Problem.ofSetting(name, value, expected));
    }
}
