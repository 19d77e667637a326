package dev.unifiedproxy.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Token buckets by key: each starts full, refills evenly, and is forgotten when it was not used for
 * a while. Safe for use by several threads; never blocks.
 *
 * <p>The number of buckets is bounded. A bucket that had to make room for others starts full again,
 * so the bound should be well above the number of keys that one caller can invent.
 *
 * @param <K> what is limited, with value equality
 */
public final class KeyedLimiter<K> {
    /**
     * How much passes.
     *
     * @param capacity the burst, in tokens, at least 1
     * @param refill how many tokens come back in each period, evenly, at least 1
     * @param period the time in which they do, more than nothing
     * @param idle after how long without use a bucket is forgotten
     * @param maxKeys how many buckets are kept, at least 1
     */
    public record Settings(int capacity, int refill, Duration period, Duration idle, int maxKeys) {
        /** Checks the bounds. */
        public Settings {
            requirePositive("capacity", capacity);
            requirePositive("refill", refill);
            requirePositive("maxKeys", maxKeys);
            requirePositive("period", period);
            requirePositive("idle", idle);
        }

        private static void requirePositive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
            }
        }

        private static void requirePositive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
            }
        }
    }

    private final Settings settings;
    private final Ticks meter;
    private final Cache<K, Bucket> buckets;

    /**
     * A limiter without buckets.
     *
     * @param settings how much passes
     * @param nanoTicker nanoseconds since an arbitrary moment, never going back
     */
    public KeyedLimiter(Settings settings, LongSupplier nanoTicker) {
        this.settings = settings;
        this.meter = new Ticks(nanoTicker);
        this.buckets =
                Caffeine.newBuilder()
                        .expireAfterAccess(settings.idle())
                        .maximumSize(settings.maxKeys())
                        .ticker(nanoTicker::getAsLong)
                        .executor(Runnable::run)
                        .build();
    }

    /** Takes one token of the key's bucket, or says how long to wait for it. */
    public Admission take(K key) {
        ConsumptionProbe probe =
                buckets.get(key, _ -> fullBucket()).tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            return new Admission.Admitted(probe.getRemainingTokens());
        }
        return new Admission.Exhausted(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    /** How many whole tokens the key's bucket holds; looking does not count as use. */
    public long remaining(K key) {
        Bucket bucket = buckets.policy().getIfPresentQuietly(key);
        return bucket == null ? settings.capacity() : bucket.getAvailableTokens();
    }

    private Bucket fullBucket() {
        return Bucket.builder()
                .addLimit(
                        limit ->
                                limit.capacity(settings.capacity())
                                        .refillGreedy(settings.refill(), settings.period()))
                .withCustomTimePrecision(meter)
                .build();
    }
}
