package dev.unifiedproxy.audit;

import java.time.Instant;

/** Records for tests. */
final class Records {
    private Records() {}

    static ExchangeRecord of(String requestId) {
        return of(requestId, "/simple/", "");
    }

    static ExchangeRecord of(String requestId, String path, String detail) {
        return new ExchangeRecord(
                new ExchangeRecord.Start(
                        Instant.parse("2026-01-31T23:59:59.123456789Z"),
                        requestId,
                        ExchangeRecord.Kind.HTTP,
                        "sandbox-123",
                        "10.0.0.5"),
                new ExchangeRecord.Destination("GET", "https", "pypi.org", 443, path),
                new ExchangeRecord.Verdict(
                        ExchangeRecord.Outcome.ALLOWED, 200, "", "allowlist.conf:3", detail, ""),
                new ExchangeRecord.Passage("192.0.2.1", "", "7", 1, 2, 3));
    }
}
