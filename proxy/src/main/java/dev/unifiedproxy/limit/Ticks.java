package dev.unifiedproxy.limit;

import io.github.bucket4j.TimeMeter;

import java.util.function.LongSupplier;

/** A ticker as buckets want it. */
record Ticks(LongSupplier nanoTicker) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
        return nanoTicker.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
