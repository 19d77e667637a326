package dev.unifiedproxy.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Token buckets of rules that each have a rate of their own, one bucket for each container and
 * rule. Safe for use by several threads; never blocks.
 *
 * <p>A bucket is forgotten when it was not used for one period: by then it is full again, so that
 * forgetting gives nothing away.
 */
public final class RuleLimiter {
    /**
     * Whose bucket, and how fast it fills.
     *
     * @param containerId the container
     * @param rule the rule, unique among all
     * @param requests how many at once, and how many come back in each period; at least 1
     * @param period the time in which they do, more than nothing
     */
    public record Key(String containerId, String rule, int requests, Duration period) {}

    private final Ticks meter;
    private final Cache<Key, Bucket> buckets;

    /**
     * A limiter without buckets.
     *
     * @param maxBuckets how many are kept
     * @param nanoTicker nanoseconds since an arbitrary moment, never going back
     */
    public RuleLimiter(int maxBuckets, LongSupplier nanoTicker) {
        this.meter = new Ticks(nanoTicker);
        this.buckets =
                Caffeine.newBuilder()
                        .expireAfter(Expiry.<Key, Bucket>accessing((key, bucket) -> key.period()))
                        .maximumSize(maxBuckets)
                        .ticker(nanoTicker::getAsLong)
                        .executor(Runnable::run)
                        .build();
    }

    /** Takes one token of the bucket, or says how long to wait for it. */
    public Admission take(Key key) {
        ConsumptionProbe probe = buckets.get(key, this::fullBucket).tryConsumeAndReturnRemaining(1);
        return probe.isConsumed()
                ? new Admission.Admitted(probe.getRemainingTokens())
                : new Admission.Exhausted(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private Bucket fullBucket(Key key) {
        return Bucket.builder()
                .addLimit(
                        limit ->
                                limit.capacity(key.requests())
                                        .refillGreedy(key.requests(), key.period()))
                .withCustomTimePrecision(meter)
                .build();
    }
}
