package dev.unifiedproxy.cli;

import dev.unifiedproxy.app.Lifecycle;
import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.Settings;

import java.time.Duration;
import java.util.Map;

/** Starts the production wiring in this process. */
final class InProcessServer implements ServerCommands.Server {
    private static final String EXERCISE = "UNIFIED_PROXY_EXERCISE_SECONDS";

    @Override
    public int serve(Map<String, String> flags, Console console) throws CommandFailure {
        try {
            Settings settings =
                    Settings.load(
                            console.environment(), flags, console.home(), Directories::writable);
            return Lifecycle.runUntilStopped(settings, console.environment());
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
    }

    @Override
    public int demo(Console console) throws CommandFailure {
        return Demo.run(console, exercise(console)).number();
    }

    /**
     * The launcher asks for it once after a build, so that the start-up cache knows a busy proxy.
     */
    private static Duration exercise(Console console) throws CommandFailure {
        String seconds = console.environment().getOrDefault(EXERCISE, "0");
        if (!seconds.matches("[0-9]{1,3}")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    EXERCISE
                            + ": '"
                            + Console.printable(seconds)
                            + "' (expected: seconds, 0 to 999)",
                    "Unset it; it is the launcher's own.");
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }
}
