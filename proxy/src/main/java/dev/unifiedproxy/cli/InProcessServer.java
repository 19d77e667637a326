package dev.unifiedproxy.cli;

import java.util.Map;

/** Starts the production wiring in this process. */
final class InProcessServer implements ServerCommands.Server {
    @Override
    public int serve(Map<String, String> flags, Console console) {
        return 0;
    }

    @Override
    public int demo(Console console) {
        return 0;
    }
}
