package dev.unifiedproxy.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/** Where the process starts. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process with its exit status.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        Console console =
                new Console(
                        stream(FileDescriptor.out),
                        stream(FileDescriptor.err),
                        System.getenv(),
                        Path.of(System.getProperty("user.home", ".")),
                        InstantSource.system(),
                        System::nanoTime,
                        System.getProperty("unifiedproxy.program", "unified-proxy"));
        System.exit(new Tool(console, new InProcessServer()).run(arguments));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
