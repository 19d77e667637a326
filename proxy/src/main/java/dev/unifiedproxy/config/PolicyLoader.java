package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.Allowlist;
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

/** Reads the allowlist files of a configuration and compiles them. */
public final class PolicyLoader {
    private static final String CONF = "allowlist.conf";
    private static final String YAML = "allowlist.yaml";

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
     * @param written the built-in allowlist, when it was written because there was none
     */
    public record Loaded(
            PolicySnapshot snapshot, List<Path> read, List<Path> watched, Optional<Path> written) {}

    /**
     * Reads {@code allowlist.conf} and {@code allowlist.yaml} of the configuration directory, or
     * the one file that the settings name, and adds the extra file.
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
        return loader.read(Optional.empty());
    }

    /** The files whose change means a new policy, whether they exist or not. */
    public static List<Path> watched(Settings settings) {
        List<Path> files = new ArrayList<>(candidates(settings));
        settings.policy().extra().ifPresent(files::add);
        return List.copyOf(files);
    }

    private static List<Path> candidates(Settings settings) {
        Path directory = settings.places().configDirectory();
        return settings.policy()
                .allowlist()
                .map(List::of)
                .orElseGet(() -> List.of(directory.resolve(CONF), directory.resolve(YAML)));
    }

    /** The allowlist that a new installation starts with. */
    public static String builtIn() {
        try (InputStream in = PolicyLoader.class.getResourceAsStream(CONF)) {
            if (in == null) {
                throw new IllegalStateException("The built-in " + CONF + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("The built-in " + CONF + " cannot be read", e);
        }
    }

    private Loaded read(Optional<Path> written) {
        List<Path> candidates = candidates(settings);
        Optional<Allowlist> base = Optional.empty();
        for (Path file : candidates) {
            Optional<Allowlist> next = parse(file, AllowlistYamlParser.Form.BASE);
            base = base.map(before -> next.map(before::plus).orElse(before)).or(() -> next);
        }
        Optional<Allowlist> extra = settings.policy().extra().flatMap(this::extra);
        problems.throwIfAny();
        return new Loaded(
                snapshot(candidates, base, extra), List.copyOf(read), watched(settings), written);
    }

    private PolicySnapshot snapshot(
            List<Path> candidates, Optional<Allowlist> base, Optional<Allowlist> extra) {
        if (base.isEmpty()) {
            return PolicySnapshot.denyAll("there is no allowlist file");
        }
        Allowlist whole = extra.map(base.get()::plus).orElse(base.get());
        Path first = candidates.stream().filter(read::contains).findFirst().orElseThrow();
        return PolicySnapshot.of(whole, String.valueOf(first.getFileName()));
    }

    private Optional<Allowlist> extra(Path file) {
        if (!Files.exists(file)) {
            problems.add(
                    Problem.ofSetting(
                            "PROXY_ALLOWLIST_EXTRA_PATH",
                            file.toString(),
                            "a file that can be read"));
            return Optional.empty();
        }
        return parse(file, AllowlistYamlParser.Form.EXTRA);
    }

    /** What a file says; empty when it does not exist, or when it is wrong, which is noted. */
    private Optional<Allowlist> parse(Path file, AllowlistYamlParser.Form form) {
        try {
            byte[] content = content(file);
            read.add(file);
            String name = file.toString();
            boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
            return Optional.of(
                    yaml
                            ? AllowlistYamlParser.parse(name, content, form)
                            : AllowlistConfParser.parse(name, content));
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
            return in.readNBytes(AllowlistConfParser.MAX_BYTES + 1);
        }
    }

    private Optional<Path> writeBuiltIn(List<Path> candidates) {
        boolean ours =
                settings.places().laptopDirectory().isPresent()
                        && settings.policy().allowlist().isEmpty();
        if (!ours || candidates.stream().anyMatch(Files::exists)) {
            return Optional.empty();
        }
        Path file = candidates.getFirst();
        try {
            Files.createDirectories(settings.places().configDirectory());
            Files.writeString(file, builtIn(), StandardOpenOption.CREATE_NEW);
            return Optional.of(file);
        } catch (IOException e) {
            problems.add(Problem.ofFile(file.toString(), "cannot be written (" + e + ")"));
            return Optional.empty();
        }
    }
}
