package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.PolicySnapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads the policy files of a configuration and compiles them. */
public final class PolicyLoader {
    private static final String CONF = "allowlist.conf";
    private static final String YAML = "allowlist.yaml";
    private static final String RULES = "policy.yaml";
    private static final String SERVICES = "user-services.yaml";
    private static final int MAX_BYTES =
            Math.max(AllowlistConfParser.MAX_BYTES, PolicyYamlParser.MAX_BYTES);

    private final Settings settings;
    private final Problems problems = new Problems();
    private final List<Path> read = new ArrayList<>();

    private PolicyLoader(Settings settings) {
        this.settings = settings;
    }

    /**
     * A policy and where it came from.
     *
     * @param snapshot the policy; it refuses everything when there was no allowlist
     * @param read the files that were read, in their order
     * @param watched the files whose change means a new policy, whether they exist or not
     * @param written the built-in allowlist, where it was written because there was none
     */
    public record Loaded(
            PolicySnapshot snapshot, List<Path> read, List<Path> watched, List<Path> written) {
        /** Copies the lists. */
        public Loaded {
            read = List.copyOf(read);
            watched = List.copyOf(watched);
            written = List.copyOf(written);
        }
    }

    /**
     * Reads {@code allowlist.conf} and {@code allowlist.yaml} of the configuration directory, or
     * the one file that the settings name; adds the extra file and the user's services; and reads
     * {@code policy.yaml}.
     *
     * <p>Without any, the built-in allowlist is written first when the directory is the one under
     * the user's home; elsewhere everything is refused.
     *
     * @throws ConfigurationException with everything that is wrong in the files
     */
    public static Loaded load(Settings settings) {
        PolicyLoader loader = new PolicyLoader(settings);
        return loader.read(loader.writeBuiltIn(candidates(settings)));
    }

    /**
     * Reads the files again. A file that the policy before was read from and that is gone is a
     * problem: what it refused must not pass because of a slip, so only a start does without it.
     *
     * @param before the policy that the new one is to replace
     * @throws ConfigurationException with everything that is wrong in the files
     */
    public static Loaded reload(Settings settings, Loaded before) {
        PolicyLoader loader = new PolicyLoader(settings);
        for (Path file : before.read()) {
            if (Files.notExists(file)) {
                loader.problems.add(
                        Problem.ofFile(
                                file.toString(),
                                "is gone (expected: the file; a restart does without it)"));
            }
        }
        return loader.read(List.of());
    }

    /**
     * The policy that a start would load; nothing is written.
     *
     * @throws ConfigurationException with everything that is wrong in the files
     */
    public static Loaded preview(Settings settings) {
        return new PolicyLoader(settings).read(List.of());
    }

    /**
     * What the files say, before it is compiled.
     *
     * @param allowlist all allowlists as one
     * @param document {@code policy.yaml}
     */
    record Parsed(Allowlist allowlist, PolicyDocument document) {}

    /** Reads the files without compiling them. */
    static Parsed parse(Settings settings) {
        PolicyLoader loader = new PolicyLoader(settings);
        Sources sources = loader.sources();
        loader.problems.throwIfAny();
        return new Parsed(
                sources.whole().orElse(Allowlist.EMPTY),
                sources.document().orElse(PolicyDocument.EMPTY));
    }

    /** The files whose change means a new policy, whether they exist or not. */
    public static List<Path> watched(Settings settings) {
        List<Path> files = new ArrayList<>(candidates(settings));
        settings.policy().extra().ifPresent(files::add);
        files.add(rulesFile(settings));
        files.add(servicesFile(settings));
        return List.copyOf(files);
    }

    private static Path rulesFile(Settings settings) {
        return settings.policy()
                .rules()
                .orElseGet(() -> settings.places().configDirectory().resolve(RULES));
    }

    private static Path servicesFile(Settings settings) {
        return settings.places().configDirectory().resolve(SERVICES);
    }

    private static List<Path> candidates(Settings settings) {
        Path directory = settings.places().configDirectory();
        return settings.policy()
                .allowlist()
                .map(List::of)
                .orElseGet(() -> List.of(directory.resolve(CONF), directory.resolve(YAML)));
    }

    /** The {@code allowlist.conf} that a new installation starts with. */
    public static String builtIn() {
        return builtIn(CONF);
    }

    /** The {@code allowlist.yaml} that it starts with: hosts of which it may only read. */
    public static String builtInReadOnly() {
        return builtIn(YAML);
    }

    private static String builtIn(String name) {
        try (InputStream in = PolicyLoader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The built-in " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("The built-in " + name + " cannot be read", e);
        }
    }

    private Loaded read(List<Path> written) {
        Sources sources = sources();
        problems.throwIfAny();
        return new Loaded(snapshot(sources), read, watched(settings), written);
    }

    /** What the files say; the base is empty when there is no allowlist. */
    private record Sources(
            Optional<Allowlist> base, List<Allowlist> extra, Optional<PolicyDocument> document) {
        /** All allowlists as one; further files add to a base, and to nothing else. */
        Optional<Allowlist> whole() {
            return base.map(lines -> extra.stream().reduce(lines, Allowlist::plus));
        }
    }

    private Sources sources() {
        Optional<Allowlist> base = Optional.empty();
        for (Path file : candidates(settings)) {
            Optional<Allowlist> next = parse(file, AllowlistYamlParser.Form.BASE);
            base = base.map(before -> next.map(before::plus).orElse(before)).or(() -> next);
        }
        List<Allowlist> further = new ArrayList<>();
        settings.policy()
                .extra()
                .flatMap(file -> named("PROXY_ALLOWLIST_EXTRA_PATH", file, this::extra))
                .ifPresent(further::add);
        Optional<PolicyDocument> document =
                settings.policy().rules().isPresent()
                        ? named("PROXY_POLICY_PATH", rulesFile(settings), this::rules)
                        : rules(rulesFile(settings));
        read(servicesFile(settings), UserServicesParser::parse).ifPresent(further::add);
        return new Sources(base, further, document);
    }

    private PolicySnapshot snapshot(Sources sources) {
        if (sources.base().isEmpty() && sources.document().isEmpty()) {
            return PolicySnapshot.denyAll("there is no allowlist file");
        }
        List<Path> candidates = candidates(settings);
        Path first =
                candidates.stream()
                        .filter(read::contains)
                        .findFirst()
                        .orElse(candidates.getFirst());
        return PolicySnapshot.of(
                sources.whole().orElse(Allowlist.EMPTY),
                sources.document().orElse(PolicyDocument.EMPTY),
                String.valueOf(first.getFileName()));
    }

    /** A file that a setting names must be there. */
    private <T> Optional<T> named(String setting, Path file, Function<Path, Optional<T>> reader) {
        if (!Files.exists(file)) {
            problems.add(Problem.ofSetting(setting, file.toString(), "a file that can be read"));
            return Optional.empty();
        }
        return reader.apply(file);
    }

    private Optional<Allowlist> extra(Path file) {
        return parse(file, AllowlistYamlParser.Form.EXTRA);
    }

    private Optional<PolicyDocument> rules(Path file) {
        return read(file, PolicyYamlParser::parse);
    }

    private Optional<Allowlist> parse(Path file, AllowlistYamlParser.Form form) {
        String name = file.toString();
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        return read(
                file,
                yaml
                        ? (path, content) -> AllowlistYamlParser.parse(path, content, form)
                        : AllowlistConfParser::parse);
    }

    /** What a file says; empty when it does not exist, or when it is wrong, which is noted. */
    private <T> Optional<T> read(Path file, BiFunction<String, byte[], T> parser) {
        try {
            byte[] content = content(file);
            read.add(file);
            return Optional.of(parser.apply(file.toString(), content));
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            problems.add(Problem.ofFile(file.toString(), "cannot be read (" + e + ")"));
        }
        return Optional.empty();
    }

    /** One byte more than the parsers accept is enough for them to refuse it. */
    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        }
    }

    private List<Path> writeBuiltIn(List<Path> candidates) {
        boolean ours =
                settings.places().laptopDirectory().isPresent()
                        && settings.policy().allowlist().isEmpty();
        if (!ours || candidates.stream().anyMatch(Files::exists)) {
            return List.of();
        }
        List<Path> written = new ArrayList<>();
        for (Path file : candidates) {
            try {
                Files.createDirectories(settings.places().configDirectory());
                Files.writeString(
                        file,
                        builtIn(String.valueOf(file.getFileName())),
                        StandardOpenOption.CREATE_NEW);
                written.add(file);
            } catch (IOException e) {
                problems.add(Problem.ofFile(file.toString(), "cannot be written (" + e + ")"));
            }
        }
        return written;
    }
}
