package dev.unifiedproxy.build.planted.audit;

import java.time.Instant;

final class ClockReader {
    Instant now() {
        return Instant.now();
    }
}
