package dev.unifiedproxy.build;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes leak detectors that write each leak down, and can ask all of them at once. */
final class RecordingLeakDetectorFactory extends ResourceLeakDetectorFactory {
    private static final int GC_ROUNDS = 5;
    private static final long LONGEST_GC_MILLIS = 10_000;

    private final TestViolations violations;
    private final List<RecordingLeakDetector<?>> detectors = new CopyOnWriteArrayList<>();

    RecordingLeakDetectorFactory(TestViolations violations) {
        this.violations = violations;
    }

    @Override
    @SuppressWarnings("deprecation") // The only method to override; the others call it.
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
            Class<T> resource, int samplingInterval, long maxActive) {
        RecordingLeakDetector<T> detector =
                new RecordingLeakDetector<>(resource, samplingInterval, violations);
        detectors.add(detector);
        return detector;
    }

    /** Collects garbage and lets every detector report what was dropped without being released. */
    void reportLeaks() {
        for (int round = 0; round < GC_ROUNDS; round++) {
            collectGarbage();
            detectors.forEach(RecordingLeakDetector::poll);
        }
    }

    /** Until the references to what was dropped are in their queues, as this one then is. */
    private static void collectGarbage() {
        ReferenceQueue<Object> dropped = new ReferenceQueue<>();
        PhantomReference<Object> marker = new PhantomReference<>(new Object(), dropped);
        System.gc();
        try {
            if (!marker.equals(dropped.remove(LONGEST_GC_MILLIS))) {
                throw new IllegalStateException("no garbage was collected");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
        private final TestViolations violations;

        RecordingLeakDetector(Class<T> resource, int samplingInterval, TestViolations violations) {
            super(resource, samplingInterval);
            this.violations = violations;
        }

        /** Tracking is what makes a detector look at its queue. */
        @SuppressWarnings("unchecked") // The tracked thing is only a key.
        void poll() {
            T probe = (T) new Object();
            ResourceLeakTracker<T> tracker = Objects.requireNonNull(trackForcibly(probe));
            tracker.close(probe);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            violations.record("leak", resourceType + " " + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            violations.record("leak", resourceType + " (no records)");
        }
    }
}
