package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Addresses against each other, on a clock that the test moves. */
final class AddressRaceTest {
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final Map<String, Promise<Channel>> attempts = new LinkedHashMap<>();

    @BeforeEach
    void stopTheClock() {
        clock.freezeTime();
    }

    private static List<InetSocketAddress> addresses(String... texts) {
        return Stream.of(texts).map(AddressRaceTest::address).toList();
    }

    private static InetSocketAddress address(String text) {
        try {
            return new InetSocketAddress(InetAddress.getByName(text), 443);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }

    private Future<Channel> race(String... texts) {
        AddressRace.Connector connector =
                address -> {
                    Promise<Channel> attempt = clock.eventLoop().newPromise();
                    attempts.put(text(address), attempt);
                    return attempt;
                };
        return new AddressRace(clock.eventLoop(), connector, addresses(texts)).start();
    }

    private void pass(long millis) {
        clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        clock.runScheduledPendingTasks();
    }

    private Promise<Channel> attempt(String text) {
        return Objects.requireNonNull(attempts.get(text));
    }

    @Test
    void familiesAreTriedInTurnFromTheFirst() {
        List<InetSocketAddress> mixed =
                addresses("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2");
        assertThat(AddressRace.interleaved(mixed))
                .isEqualTo(
                        addresses(
                                "192.0.2.1",
                                "2001:db8::1",
                                "192.0.2.2",
                                "2001:db8::2",
                                "192.0.2.3"));
        List<InetSocketAddress> six = addresses("2001:db8::1", "192.0.2.1", "192.0.2.2");
        assertThat(AddressRace.interleaved(six)).isEqualTo(six);
        List<InetSocketAddress> one = addresses("192.0.2.1");
        assertThat(AddressRace.interleaved(one)).isEqualTo(one);
    }

    @Test
    void theNextIsTriedAfterADelayAndTheFirstToAnswerWins() {
        Future<Channel> race = race("192.0.2.1", "192.0.2.2", "192.0.2.3");
        pass(AddressRace.ATTEMPT_DELAY_MILLIS - 1);
        assertThat(attempts).containsOnlyKeys("192.0.2.1");
        pass(1);
        assertThat(attempts).containsOnlyKeys("192.0.2.1", "192.0.2.2");
        EmbeddedChannel winner = new EmbeddedChannel();
        attempt("192.0.2.2").setSuccess(winner);
        assertThat(race.getNow()).isSameAs(winner);
        assertThat(winner.isOpen()).isTrue();
        assertThat(attempt("192.0.2.1").isCancelled()).isTrue();
        pass(10 * AddressRace.ATTEMPT_DELAY_MILLIS);
        assertThat(attempts).hasSize(2);
    }

    @Test
    void aFailureStartsTheNextAtOnceAndTheDelayBeginsAnew() {
        race("192.0.2.1", "192.0.2.2", "192.0.2.3");
        pass(100);
        attempt("192.0.2.1").setFailure(new IOException("refused"));
        assertThat(attempts).containsOnlyKeys("192.0.2.1", "192.0.2.2");
        pass(AddressRace.ATTEMPT_DELAY_MILLIS - 1);
        assertThat(attempts).hasSize(2);
        pass(1);
        assertThat(attempts).hasSize(3);
    }

    @Test
    void failsOnlyWhenEveryAddressHas() {
        Future<Channel> race = race("192.0.2.1", "2001:db8::1");
        pass(AddressRace.ATTEMPT_DELAY_MILLIS);
        attempt("2001:db8:0:0:0:0:0:1").setFailure(new IOException("six"));
        assertThat(race.isDone()).isFalse();
        attempt("192.0.2.1").setFailure(new IOException("four"));
        assertThat(race.cause()).hasMessage("four");
    }

    @Test
    void cancellingEndsEveryAttemptAndStartsNoOther() {
        Future<Channel> race = race("192.0.2.1", "192.0.2.2", "192.0.2.3");
        pass(AddressRace.ATTEMPT_DELAY_MILLIS);
        race.cancel(false);
        assertThat(attempts.values()).hasSize(2).allMatch(Future::isCancelled);
        pass(10 * AddressRace.ATTEMPT_DELAY_MILLIS);
        assertThat(attempts).hasSize(2);
    }
}
