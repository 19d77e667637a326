package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.RequestBodySink;
import dev.unifiedproxy.transport.Transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** {@link PassThroughDialer} and {@link PassThrough}: where tunnels lead, and how they end. */
final class PassThroughDialerTest {
    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final List<String> events = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private PassThrough connect(String text, String... addresses) {
        Authority authority = Authority.parse(text, 443);
        List<PinnedAddress> pinned = List.of(addresses).stream().map(PinnedAddress::parse).toList();
        Map<Hostname, List<PinnedAddress>> hosts =
                pinned.isEmpty() ? Map.of() : Map.of(Hostname.parse(text), pinned);
        PassThrough tunnel = new PassThrough(authority, new Client(), new Observer());
        PassThroughDialer dialer =
                new PassThroughDialer(
                        new Dialer(
                                new GuardedResolver(hosts, List.of(), List.of(), Transport.NIO),
                                ClientRig.systemTls(),
                                new TcpConnector(
                                        Transport.NIO, new UpstreamSlots(10, new NothingIdle())),
                                new UpstreamLimits(
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(2),
                                        10),
                                Optional.empty()));
        onLoop(
                () -> {
                    tunnel.body(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
                    dialer.connect(tunnel);
                });
        return tunnel;
    }

    private void onLoop(Runnable work) {
        loops.next().submit(work).syncUninterruptibly();
    }

    @Test
    void theNextAddressIsTriedAndWhatCameBeforeGoesFirst() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PassThrough tunnel =
                    connect("a.example", "127.0.0.2:1", "127.0.0.1:" + server.getLocalPort());
            try (Socket socket = server.accept()) {
                assertThat(socket.getInputStream().readNBytes(5))
                        .isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
                onLoop(() -> tunnel.end(Headers.empty()));
                assertThat(socket.getInputStream().read()).isNegative();
                socket.getOutputStream().write('!');
            }
            await().until(() -> events.contains("completed 5 1"));
            assertThat(events)
                    .containsExactly(
                            "connected 127.0.0.1",
                            "responded 200",
                            "body !",
                            "end",
                            "completed 5 1",
                            "abort");
        }
    }

    @Test
    void anAddressThatMayNotBeDialledIsNot() {
        connect("127.0.0.1");
        await().until(() -> events.contains("abort"));
        assertThat(events).containsExactly("failed upstream.address_forbidden 0 0", "abort");
    }

    @Test
    void aServerThatIsNotThereFailsOnce() {
        PassThrough tunnel = connect("a.example", "127.0.0.2:1");
        await().until(() -> events.contains("abort"));
        onLoop(
                () -> {
                    tunnel.body(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
                    tunnel.end(Headers.empty());
                });
        assertThat(events).containsExactly("failed upstream.connect_failed 0 0", "abort");
        assertThat(tunnel.isOver()).isTrue();
    }

    private static final class NothingIdle implements UpstreamSlots.Idle {
        @Override
        public Collection<EventLoop> loops() {
            return List.of();
        }

        @Override
        public Optional<Future<Void>> closeOne(EventLoop loop) {
            return Optional.empty();
        }
    }

    private final class Observer implements ExchangeObserver {
        @Override
        public void connected(IpAddress address) {
            events.add("connected " + address);
        }

        @Override
        public void responded(int status) {
            events.add("responded " + status);
        }

        @Override
        public void completed(long requestBytes, long responseBytes) {
            events.add("completed " + requestBytes + " " + responseBytes);
        }

        @Override
        public void failed(Refusal reason, long requestBytes, long responseBytes) {
            events.add("failed " + reason.code().id() + " " + requestBytes + " " + responseBytes);
        }
    }

    private final class Client implements Downstream {
        private final EventLoop loop = loops.next();

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public boolean bind(String containerId) {
            return true;
        }

        @Override
        public void answer(Answer answer) {
            events.add("answer");
        }

        @Override
        public void informational(ResponseHead head) {
            events.add("interim");
        }

        @Override
        public void head(ResponseHead head) {
            events.add("head");
        }

        @Override
        public void body(ByteBuf piece) {
            events.add("body " + piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }

        @Override
        public void end(Headers trailers) {
            events.add("end");
        }

        @Override
        public void abort() {
            events.add("abort");
        }

        @Override
        public void flush() {
            // every event is seen at once
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void attach(RequestBodySink sink) {
            events.add("attach");
        }

        @Override
        public void pauseBody() {
            events.add("pause");
        }

        @Override
        public void resumeBody() {
            // whether it was paused is the edge's business
        }
    }
}
