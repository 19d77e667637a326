package dev.unifiedproxy.cli;

import dev.unifiedproxy.app.Lifecycle;
import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.Settings;

import java.util.Map;

/** Starts the production wiring in this process. */
final class InProcessServer implements ServerCommands.Server {
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
        return Demo.run(console).number();
    }
}
