package dev.unifiedproxy.app;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Sixteen hexadecimal digits, new for each exchange; to find things, not to keep them secret. */
final class RequestIds implements Supplier<String> {
    @Override
    public String get() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
