import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or rewrites every .java file below the given folders with google-java-format (AOSP style).
 *
 * <p>Run by the source launcher on the toolchain's JDK: the formatter parses with the JVM it runs
 * in, and Maven itself may run on a JVM that does not know this project's syntax.
 */
public final class Format {
    public static void main(String[] arguments) throws Exception {
        boolean write = arguments[0].equals("write");
        Formatter formatter =
                new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());
        List<Path> unformatted = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            Path root = Path.of(arguments[i]);
            if (!Files.isDirectory(root)) {
                continue;
            }
            try (var files = Files.walk(root)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                    String before = Files.readString(file);
                    String after = formatter.formatSourceAndFixImports(before);
                    if (!before.equals(after)) {
                        unformatted.add(file);
                        if (write) {
                            Files.writeString(file, after);
                        }
                    }
                }
            }
        }
        if (!write && !unformatted.isEmpty()) {
            System.err.println("Not formatted; run \"mvn -Dfmt process-sources\":");
            unformatted.forEach(file -> System.err.println("  " + file));
            System.exit(1);
        }
    }
}
