package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.RefusalRenderer;
import dev.unifiedproxy.tls.InterceptionAuthority;
import dev.unifiedproxy.tls.LeafCertificates;
import dev.unifiedproxy.tls.TlsProvider;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.ExchangePath;
import dev.unifiedproxy.transport.Http1RequestDecoder;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A client's connection without a network, a path that records, and a hand-driven clock. */
final class EdgeRig implements AutoCloseable {
    static final EdgeLimits LIMITS = new EdgeLimits(Duration.ofSeconds(30), Duration.ofSeconds(60));

    final RecordingPath path = new RecordingPath();
    final ConnectionTable table;
    final EmbeddedChannel channel = new EmbeddedChannel();
    final EdgeServices services;
    private final LeafCertificates leaves;
    private final AtomicLong ticks = new AtomicLong();

    EdgeRig(Path directory, int maxPerContainer) {
        table = new ConnectionTable(100, maxPerContainer);
        leaves =
                new LeafCertificates(
                        InterceptionAuthority.openOrCreate(directory, InstantSource.system()),
                        TlsProvider.JDK,
                        InstantSource.system());
        AtomicInteger ids = new AtomicInteger();
        services =
                new EdgeServices(
                        path,
                        table,
                        leaves,
                        new Deadlines(ticks::get),
                        LIMITS,
                        () -> "r-" + ids.incrementAndGet());
        table.admit(channel);
        Http1RequestDecoder decoder = new Http1RequestDecoder();
        channel.pipeline()
                .addLast(
                        decoder,
                        new ServerEdge(
                                services,
                                new Door.Forward(),
                                IpAddress.parse("10.0.0.5"),
                                decoder));
    }

    void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        channel.runPendingTasks();
    }

    /** What the client got since the last call. */
    String received() {
        StringBuilder out = new StringBuilder();
        for (ByteBuf piece = channel.readOutbound();
                piece != null;
                piece = channel.readOutbound()) {
            out.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }
        return out.toString();
    }

    /** Moves the clock and lets the limits be looked at. */
    void pass(Duration time) {
        ticks.addAndGet(time.toNanos());
        channel.advanceTimeBy(500, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    boolean isOpen() {
        channel.runPendingTasks();
        return channel.isOpen();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        leaves.close();
    }

    /** Takes everything, answers what it is told to, and remembers what was said to it. */
    static final class RecordingPath implements ExchangePath {
        final List<String> events = new ArrayList<>();
        Optional<Downstream> downstream = Optional.empty();
        Optional<Refusal> answerWith = Optional.empty();
        String container = "sandbox-1";
        boolean passThrough;

        @Override
        public void handle(InboundRequest request, Downstream to) {
            events.add(
                    request.method()
                            + " "
                            + (request.secure() ? "https://" : "http://")
                            + request.authority()
                            + request.target().text());
            downstream = Optional.of(to);
            if (!to.bind(container)) {
                events.add("too many connections");
            }
            to.attach(new RecordingSink(events));
            answerWith.ifPresent(
                    refusal ->
                            to.answer(
                                    RefusalRenderer.render(
                                            refusal, request.requestId(), Headers.empty())));
        }

        @Override
        public Optional<Tunnel> connect(ConnectRequest request, Downstream to) {
            events.add("CONNECT " + request.authority());
            if (answerWith.isPresent()) {
                to.answer(
                        RefusalRenderer.render(
                                answerWith.get(), request.requestId(), Headers.empty()));
                return Optional.empty();
            }
            return Optional.of(new RecordingTunnel());
        }

        @Override
        public void reject(RejectedRequest request, Downstream to) {
            events.add(
                    "reject "
                            + request.refusal().code().id()
                            + " "
                            + request.destination()
                            + " "
                            + request.containerId());
            to.answer(
                    RefusalRenderer.render(
                            request.refusal(), request.requestId(), Headers.empty()));
        }

        private final class RecordingTunnel implements Tunnel {
            @Override
            public String containerId() {
                return container;
            }

            @Override
            public boolean passesThrough() {
                return passThrough;
            }

            @Override
            public void splice(Downstream to) {
                events.add("splice");
                downstream = Optional.of(to);
                to.attach(new RecordingSink(events));
            }

            @Override
            public void established() {
                events.add("established");
            }

            @Override
            public void broken(Refusal refusal) {
                events.add("broken " + refusal.code().id());
            }

            @Override
            public void handle(InboundRequest request, Downstream to) {
                RecordingPath.this.handle(request, to);
            }
        }
    }

    private record RecordingSink(List<String> events) implements RequestBodySink {
        @Override
        public void body(ByteBuf piece) {
            events.add("body " + piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }

        @Override
        public void end(Headers trailers) {
            events.add("end");
        }

        @Override
        public void flush() {
            // pieces are seen at once
        }

        @Override
        public void downstreamWritable() {
            events.add("writable");
        }

        @Override
        public void downstreamFailed(Refusal reason) {
            events.add("failed " + reason.code().id());
        }
    }
}
