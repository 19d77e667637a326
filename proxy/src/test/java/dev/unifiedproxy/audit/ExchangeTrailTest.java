package dev.unifiedproxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

final class ExchangeTrailTest {
    private static final ExchangeRecord.Start START =
            new ExchangeRecord.Start(
                    Instant.EPOCH, "r-1", ExchangeRecord.Kind.HTTP, "", "10.0.0.5");

    private final List<ExchangeRecord> records = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(5_000);
    private final ExchangeTrail trail = new ExchangeTrail(START, records::add, nanos::get);

    @Test
    void everythingThatBecameKnownIsInTheRecord() {
        trail.container("sandbox-123");
        trail.destination(new ExchangeRecord.Destination("POST", "https", "h", 443, "/p"));
        trail.allowed("allowlist.conf:3", "7");
        trail.credential("env:GITHUB_TOKEN");
        trail.upstream("192.0.2.1");
        trail.addRequestBytes(10);
        trail.addRequestBytes(5);
        trail.addResponseBytes(7);
        trail.status(100);
        trail.status(201);
        nanos.addAndGet(2_500_000);

        assertThat(trail.close())
                .contains(
                        new ExchangeRecord(
                                new ExchangeRecord.Start(
                                        Instant.EPOCH,
                                        "r-1",
                                        ExchangeRecord.Kind.HTTP,
                                        "sandbox-123",
                                        "10.0.0.5"),
                                new ExchangeRecord.Destination("POST", "https", "h", 443, "/p"),
                                new ExchangeRecord.Verdict(
                                        ExchangeRecord.Outcome.ALLOWED,
                                        201,
                                        "",
                                        "allowlist.conf:3",
                                        "",
                                        ""),
                                new ExchangeRecord.Passage(
                                        "192.0.2.1", "env:GITHUB_TOKEN", "7", 15, 7, 2_500)));
    }

    @Test
    void secondCloseLeavesNoSecondRecord() {
        assertThat(trail.close()).isPresent();
        trail.refused(Refusal.of(ErrorCode.CREDENTIAL_NEEDS_TLS, "late"));
        assertThat(trail.close()).isEmpty();
        assertThat(records).hasSize(1);
    }

    @Test
    void manyClosersLeaveOneRecord() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            AtomicInteger taken = new AtomicInteger();
            ExchangeTrail contended =
                    new ExchangeTrail(START, made -> taken.incrementAndGet(), nanos::get);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            awaitQuietly(go);
                                            contended.close();
                                        }));
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(taken).as("round %s", round).hasValue(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void trailWithoutVerdictWasBrokenByUs() {
        ExchangeRecord.Verdict verdict = trail.close().orElseThrow().verdict();

        assertThat(verdict.outcome()).isEqualTo(ExchangeRecord.Outcome.BROKEN);
        assertThat(verdict.code()).isEqualTo("proxy.internal");
    }

    @Test
    void refusalAfterPermissionIsARefusal() {
        trail.allowed("allowlist.conf:3", "7");
        trail.refused(Refusal.of(ErrorCode.CREDENTIAL_MISSING, "no key"));
        trail.broken(Refusal.of(ErrorCode.INTERNAL, "then the client went away"));

        assertThat(trail.close().orElseThrow().verdict())
                .isEqualTo(
                        new ExchangeRecord.Verdict(
                                ExchangeRecord.Outcome.REFUSED,
                                0,
                                "credential.missing",
                                "allowlist.conf:3",
                                "no key",
                                ""));
    }

    @Test
    void ruleOfTheRefusalWins() {
        trail.allowed("a", "7");
        trail.refused(new Refusal(ErrorCode.CREDENTIAL_NEEDS_TLS, "d", "b", ""));

        assertThat(trail.close().orElseThrow().verdict().rule()).isEqualTo("b");
    }

    @Test
    void observedDenialStaysWithWhateverBecameOfIt() {
        trail.allowed("default deny", "7");
        trail.observed("policy.host_not_allowed");
        trail.broken(Refusal.of(ErrorCode.DNS_FAILED, "no such host"));

        ExchangeRecord.Verdict verdict = trail.close().orElseThrow().verdict();
        assertThat(verdict.observed()).isEqualTo("policy.host_not_allowed");
        assertThat(verdict.outcome()).isEqualTo(ExchangeRecord.Outcome.BROKEN);
    }

    @Test
    void observedDenialStaysWithWhatPassed() {
        trail.allowed("default deny", "7");
        trail.observed("policy.path_not_allowed");

        assertThat(trail.close().orElseThrow().verdict().observed())
                .isEqualTo("policy.path_not_allowed");
    }
}
