package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.transport.Deadlines;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Who waits for which {@link Dial}, and what {@link Http2Table} knows of several with one key. */
final class DialTest {
    private static final PoolKey KEY =
            new PoolKey(Authority.parse("a.example:443", 443), true, "", false);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Http2Table table = new Http2Table();
    private UpstreamClient client;

    @BeforeEach
    void open() {
        client = ClientRig.client(ClientRig.systemTls(), new Deadlines(() -> 0));
    }

    private UpstreamExchange exchange() {
        Call call = new Call(channel.eventLoop());
        return new UpstreamExchange(
                ClientRig.request(Method.GET, "https://a.example/x", BodyFraming.NONE),
                call,
                call,
                client);
    }

    private static void end(UpstreamExchange exchange) {
        exchange.fail(Refusal.of(ErrorCode.CLIENT_ABORTED, "The client went away"));
    }

    @Test
    void isGivenUpWhenTheLastWhoWaitsGoes() {
        UpstreamExchange founder = exchange();
        UpstreamExchange joined = exchange();
        Dial dial = new Dial(KEY, List.of(founder));
        Promise<UpstreamChannel> channelToCome = channel.eventLoop().newPromise();
        dial.waitsFor(channelToCome);
        dial.join(joined);
        end(founder);
        assertThat(channelToCome.isCancelled()).isFalse();
        assertThat(dial.founders()).isEmpty();
        assertThat(dial.joined()).containsExactly(joined);
        end(joined);
        assertThat(channelToCome.isCancelled()).isTrue();
    }

    @Test
    void theEndOfOneDoesNotConcernAnotherOfTheSameKey() {
        Dial first = new Dial(KEY, List.of(exchange()));
        Dial second = new Dial(KEY, List.of(exchange()));
        table.began(first);
        table.began(second);
        table.ended(second);
        assertThat(table.dialling(KEY)).containsSame(first);
        table.ended(first);
        assertThat(table.dialling(KEY)).isEmpty();
    }

    @Test
    void nobodyWaitsForAHostThatSpeaksHttp1() {
        Dial first = new Dial(KEY, List.of(exchange()));
        table.began(first);
        table.speaksHttp1(KEY);
        assertThat(table.dialling(KEY)).isEmpty();
        Dial own = new Dial(KEY, List.of(exchange()));
        table.began(own);
        table.ended(own);
        table.ended(first);
        assertThat(table.dialling(KEY)).isEmpty();
    }

    @Test
    void nobodyWaitsInTheClear() {
        PoolKey plain = new PoolKey(KEY.authority(), false, "", false);
        table.began(new Dial(plain, List.of(exchange())));
        assertThat(table.dialling(plain)).isEmpty();
    }
}
