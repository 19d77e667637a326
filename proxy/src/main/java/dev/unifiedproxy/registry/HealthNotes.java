package dev.unifiedproxy.registry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/** What the writer has to say about the registry's health, for readers of any thread. */
final class HealthNotes {
    private static final Duration NOTICE_LASTS = Duration.ofHours(1);

    private record Notice(String reason, Instant since) {}

    private volatile @Nullable Notice setAside;
    private volatile @Nullable String storeFailure;
    private volatile @Nullable String end;

    void setAside(String reason, Instant now) {
        setAside = new Notice(reason, now);
    }

    void acknowledge() {
        setAside = null;
    }

    void storeFailed(String reason) {
        storeFailure = reason;
    }

    void storeWorks() {
        storeFailure = null;
    }

    void ended(String reason) {
        end = reason;
    }

    RegistryHealth health(Instant now) {
        String ended = end;
        if (ended != null) {
            return new RegistryHealth.Failed(ended);
        }
        String failure = storeFailure;
        if (failure != null) {
            return new RegistryHealth.Degraded(failure);
        }
        Notice notice = setAside;
        return notice == null || now.isAfter(notice.since().plus(NOTICE_LASTS))
                ? new RegistryHealth.Healthy()
                : new RegistryHealth.Degraded(notice.reason());
    }
}
