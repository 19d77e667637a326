package dev.unifiedproxy.audit;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the audit log is kept, and its bounds.
 *
 * @param directory created with mode 0700 where it does not exist
 * @param rotateAtBytes the file is set aside when it has grown to this size; at least 1
 * @param keepFiles how many files that were set aside are kept; at least 1
 * @param backlog from so many records that are not yet written on, the log does not accept new
 *     exchanges; at least 1
 * @param flushInterval how long a record waits at most before it is written; positive
 */
public record AuditSettings(
        Path directory, long rotateAtBytes, int keepFiles, int backlog, Duration flushInterval) {
    /** Checks the bounds. */
    public AuditSettings {
        if (rotateAtBytes < 1 || keepFiles < 1 || backlog < 1 || !flushInterval.isPositive()) {
            throw new IllegalArgumentException(
                    "audit: rotateAtBytes "
                            + rotateAtBytes
                            + ", keepFiles "
                            + keepFiles
                            + ", backlog "
                            + backlog
                            + ", flushInterval "
                            + flushInterval
                            + " (expected: each > 0)");
        }
    }

    /** 64 MiB a file, 8 files beside the current one, 65 536 records waiting, 100 ms. */
    public static AuditSettings of(Path directory) {
        return new AuditSettings(directory, 64L << 20, 8, 65_536, Duration.ofMillis(100));
    }
}
