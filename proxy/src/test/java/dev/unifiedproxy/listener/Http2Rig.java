package dev.unifiedproxy.listener;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestHeadParser;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A client that writes the frames of HTTP/2 by hand to an {@link Http2Edge} without a network. */
final class Http2Rig implements AutoCloseable {
    static final int END_STREAM = 1;
    private static final int ACK = 1;
    static final int END_HEADERS = 4;

    final EdgeRig base;
    final EmbeddedChannel channel = new EmbeddedChannel();
    final Http2Edge edge;
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuf inbound = Unpooled.buffer();

    Http2Rig(Path directory) {
        this(directory, true);
    }

    /** A client that has not said yet what it speaks. */
    static Http2Rig withoutPreface(Path directory) {
        return new Http2Rig(directory, false);
    }

    private Http2Rig(Path directory, boolean preface) {
        base = new EdgeRig(directory, 10);
        base.table.admit(channel);
        Authority authority = Authority.parseWithPort("a.example:443");
        byte[] text =
                "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        RequestHead head = RequestHeadParser.parse(text, text.length);
        IpAddress source = IpAddress.parse("10.0.0.5");
        Door.Tunnel door =
                new Door.Tunnel(
                        authority,
                        true,
                        Optional.empty(),
                        base.path
                                .connect(
                                        ConnectRequest.of("r-0", source, authority, head),
                                        new ServerEdge(
                                                base.services,
                                                new Door.Forward(),
                                                source,
                                                new dev.unifiedproxy.transport
                                                        .Http1RequestDecoder()))
                                .orElseThrow());
        base.path.events.clear();
        edge = Http2Edge.create(base.services, door, source);
        channel.pipeline().addLast(edge);
        if (!preface) {
            return;
        }
        write(Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII));
        frame(4, 0, 0, new byte[0]);
        frame(4, 1, 0, new byte[0]);
        frames();
    }

    void write(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    void frame(int type, int flags, int stream, byte[] payload) {
        write(
                Unpooled.buffer(9 + payload.length)
                        .writeMedium(payload.length)
                        .writeByte(type)
                        .writeByte(flags)
                        .writeInt(stream)
                        .writeBytes(payload));
    }

    /** Literal fields without indexing (RFC 7541 section 6.2.2), so that anything can be said. */
    static byte[] block(String... namesAndValues) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.writeByte(0);
            literal(out, namesAndValues[i]);
            literal(out, namesAndValues[i + 1]);
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void literal(ByteBuf out, String text) {
        int length = text.length();
        if (length < 127) {
            out.writeByte(length);
        } else {
            out.writeByte(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>= 7) {
                out.writeByte((rest & 127) | 128);
            }
            out.writeByte(rest);
        }
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    static byte[] head(String method, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                ":method",
                                method,
                                ":scheme",
                                "https",
                                ":authority",
                                "a.example",
                                ":path",
                                "/x"));
        all.addAll(List.of(more));
        return block(all.toArray(String[]::new));
    }

    void get(int stream) {
        frame(1, END_STREAM | END_HEADERS, stream, head("GET"));
    }

    void post(int stream, String... more) {
        frame(1, END_HEADERS, stream, head("POST", more));
    }

    /** What the client got since the last call: one text for each frame but SETTINGS of its own. */
    List<String> frames() {
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            inbound.writeBytes(out);
            out.release();
        }
        List<String> seen = new ArrayList<>();
        while (inbound.readableBytes() >= 9) {
            int length = inbound.readUnsignedMedium();
            int type = inbound.readUnsignedByte();
            int flags = inbound.readUnsignedByte();
            int stream = inbound.readInt();
            ByteBuf payload = inbound.readSlice(length);
            String end = (flags & END_STREAM) != 0 ? " end" : "";
            switch (type) {
                case 0 ->
                        seen.add(
                                "DATA "
                                        + stream
                                        + " "
                                        + payload.toString(StandardCharsets.ISO_8859_1)
                                        + end);
                case 1 -> seen.add("HEADERS " + stream + " " + fields(stream, payload) + end);
                case 3 -> seen.add("RST " + stream + " " + payload.readInt());
                case 4 -> {
                    if ((flags & ACK) != 0) {
                        seen.add("SETTINGS ack");
                    }
                }
                case 6 ->
                        seen.add(
                                "PING "
                                        + ((flags & ACK) != 0 ? "ack " : "")
                                        + ByteBufUtil.hexDump(payload));
                case 7 -> {
                    payload.skipBytes(4);
                    seen.add("GOAWAY " + payload.readInt());
                }
                case 8 -> seen.add("WINDOW " + stream + " " + payload.readInt());
                default -> {}
            }
        }
        return seen;
    }

    private String fields(int stream, ByteBuf payload) {
        try {
            StringBuilder out = new StringBuilder();
            hpack.decodeHeaders(stream, payload)
                    .forEach(
                            field ->
                                    out.append(field.getKey())
                                            .append('=')
                                            .append(field.getValue())
                                            .append('|'));
            return out.toString();
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> events() {
        return base.path.events;
    }

    void respond(int status, String body) {
        var to = base.path.downstream.orElseThrow();
        to.head(
                new dev.unifiedproxy.http.ResponseHead(
                        status,
                        Headers.empty(),
                        new dev.unifiedproxy.http.BodyFraming.Length(body.length()),
                        true));
        to.body(Unpooled.copiedBuffer(body, StandardCharsets.ISO_8859_1));
        to.end(Headers.empty());
    }

    void pass(Duration time) {
        base.pass(time);
        channel.advanceTimeBy(500, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        base.close();
    }
}
