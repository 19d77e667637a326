package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What h2spec asks of a server, and what RFC 9113 and RFC 7541 say of it, frame by frame.
 *
 * <p>A frame is {@code TYPE:flags:stream:payload}; a payload is made of pieces between {@code &}:
 * {@code @GET} and {@code @POST} are whole heads, followed by {@code +name=value};
 * {@code @+name=value} is a block of just these fields, {@code *n} are so many zeros, everything
 * else is hexadecimal. What has to come of them is one of {@code connection CODE}: GOAWAY with the
 * code, and the end; {@code stream n CODE}: RST_STREAM with the code, and the connection goes on;
 * {@code ignored}: it goes on as if nothing had come; or the frame that answers.
 */
final class Http2ConformanceTest {
    private static final Map<String, Integer> TYPES =
            Map.of(
                    "DATA",
                    0,
                    "HEADERS",
                    1,
                    "PRIORITY",
                    2,
                    "RST",
                    3,
                    "SETTINGS",
                    4,
                    "PUSH",
                    5,
                    "PING",
                    6,
                    "GOAWAY",
                    7,
                    "WINDOW",
                    8,
                    "CONT",
                    9);
    private static final int LATER = 101;

    @TempDir private Path directory;
    private Http2Rig rig;

    @BeforeEach
    void open() {
        rig = new Http2Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    4.1   | unknown type                      | 66:0:0:*8                                            | ignored
                    4.1   | unknown type on a stream          | HEADERS:4:1:@POST, 66:255:1:*8                       | ignored
                    4.1   | undefined flags                   | PING:16:0:*8                                         | PING ack 0000000000000000
                    4.1   | reserved bit                      | PING:0:2147483648:0102030405060708                   | PING ack 0102030405060708
                    4.2   | DATA of 2^14 bytes                | HEADERS:4:1:@POST, DATA:0:1:*16384                   | ignored
                    4.2   | DATA larger than agreed           | HEADERS:4:1:@POST, DATA:0:1:*16385                   | connection FRAME_SIZE_ERROR
                    4.2   | HEADERS larger than agreed        | HEADERS:5:1:@GET&*16385                              | connection FRAME_SIZE_ERROR
                    4.3   | block that cannot be decoded      | HEADERS:5:1:ffffffffffffffff                         | connection COMPRESSION_ERROR
                    4.3   | PRIORITY within a block           | HEADERS:1:1:@GET, PRIORITY:0:1:*4&10                 | connection PROTOCOL_ERROR
                    4.3   | another stream within a block     | HEADERS:1:1:@GET, HEADERS:5:3:@GET                   | connection PROTOCOL_ERROR
                    5.1   | idle: DATA                        | DATA:1:1:00                                          | connection PROTOCOL_ERROR
                    5.1   | idle: RST_STREAM                  | RST:0:1:00000008                                     | connection PROTOCOL_ERROR
                    5.1   | idle: WINDOW_UPDATE               | WINDOW:0:1:00000064                                  | connection PROTOCOL_ERROR
                    5.1   | idle: CONTINUATION                | CONT:4:1:@GET                                        | connection PROTOCOL_ERROR
                    5.1   | idle: PRIORITY                    | PRIORITY:0:1:*4&10                                   | ignored
                    5.1   | half closed: DATA                 | HEADERS:5:1:@GET, DATA:1:1:00                        | stream 1 STREAM_CLOSED
                    5.1   | half closed: HEADERS              | HEADERS:5:1:@GET, HEADERS:5:1:@GET                   | stream 1 STREAM_CLOSED
                    5.1   | half closed: CONTINUATION         | HEADERS:5:1:@GET, CONT:4:1:@GET                      | connection PROTOCOL_ERROR
                    5.1   | half closed: WINDOW_UPDATE        | HEADERS:5:1:@GET, WINDOW:0:1:00000064                | ignored
                    5.1   | reset: DATA                       | HEADERS:4:1:@POST, RST:0:1:00000008, DATA:1:1:00     | stream 1 STREAM_CLOSED
                    5.1   | reset: HEADERS                    | HEADERS:4:1:@POST, RST:0:1:00000008, HEADERS:5:1:@GET | stream 1 STREAM_CLOSED
                    5.1   | reset: CONTINUATION               | HEADERS:4:1:@POST, RST:0:1:00000008, CONT:4:1:@GET   | connection PROTOCOL_ERROR
                    5.1   | reset: PRIORITY                   | HEADERS:4:1:@POST, RST:0:1:00000008, PRIORITY:0:1:*4&10 | ignored
                    5.1.1 | even stream                       | HEADERS:5:2:@GET                                     | connection PROTOCOL_ERROR
                    5.1.1 | smaller stream                    | HEADERS:5:5:@GET, HEADERS:5:3:@GET                   | stream 3 STREAM_CLOSED
                    5.1.1 | client speaks on stream 0         | HEADERS:5:0:@GET                                     | connection PROTOCOL_ERROR
                    5.5   | unknown type within a block       | HEADERS:1:1:@GET, 66:0:0:*8                          | connection PROTOCOL_ERROR
                    5.5   | unknown setting                   | SETTINGS:0:0:00ff00000001                            | SETTINGS ack
                    6.1   | DATA on stream 0                  | DATA:1:0:00                                          | connection PROTOCOL_ERROR
                    6.1   | padding longer than the frame     | HEADERS:4:1:@POST, DATA:8:1:0500                     | connection PROTOCOL_ERROR
                    6.1   | padding                           | HEADERS:4:1:@POST, DATA:8:1:026162&*2                | ignored
                    6.2   | padding longer than the frame     | HEADERS:13:1:ff&@GET                                 | connection PROTOCOL_ERROR
                    6.2   | padding and priority              | HEADERS:45:1:02&*4&10&@GET&*2                        | ignored
                    6.3   | PRIORITY on stream 0              | PRIORITY:0:0:*4&10                                   | connection PROTOCOL_ERROR
                    6.3   | PRIORITY of four bytes            | HEADERS:4:1:@POST, PRIORITY:0:1:*4                   | stream 1 FRAME_SIZE_ERROR
                    6.4   | RST_STREAM on stream 0            | RST:0:0:00000008                                     | connection PROTOCOL_ERROR
                    6.4   | RST_STREAM of three bytes         | HEADERS:4:1:@POST, RST:0:1:000008                    | connection FRAME_SIZE_ERROR
                    6.5   | acknowledgement with a payload    | SETTINGS:1:0:000300000064                            | connection FRAME_SIZE_ERROR
                    6.5   | SETTINGS on a stream              | SETTINGS:0:1:000300000064                            | connection PROTOCOL_ERROR
                    6.5   | SETTINGS of five bytes            | SETTINGS:0:0:0003000000                              | connection FRAME_SIZE_ERROR
                    6.5.2 | ENABLE_PUSH 2                     | SETTINGS:0:0:000200000002                            | connection PROTOCOL_ERROR
                    6.5.2 | INITIAL_WINDOW_SIZE 2^31          | SETTINGS:0:0:000480000000                            | connection FLOW_CONTROL_ERROR
                    6.5.2 | MAX_FRAME_SIZE 16383              | SETTINGS:0:0:000500003fff                            | connection PROTOCOL_ERROR
                    6.5.2 | MAX_FRAME_SIZE 2^24               | SETTINGS:0:0:000501000000                            | connection PROTOCOL_ERROR
                    6.5.2 | ENABLE_CONNECT_PROTOCOL 2         | SETTINGS:0:0:000800000002                            | connection PROTOCOL_ERROR
                    6.5.3 | SETTINGS are acknowledged         | SETTINGS:0:0:000300000064                            | SETTINGS ack
                    6.6   | PUSH_PROMISE of a client          | HEADERS:4:1:@POST, PUSH:4:1:00000002&@GET            | connection PROTOCOL_ERROR
                    6.7   | PING                              | PING:0:0:0102030405060708                            | PING ack 0102030405060708
                    6.7   | PING that acknowledges            | PING:1:0:*8                                          | ignored
                    6.7   | PING on a stream                  | PING:0:1:*8                                          | connection PROTOCOL_ERROR
                    6.7   | PING of six bytes                 | PING:0:0:*6                                          | connection FRAME_SIZE_ERROR
                    6.8   | GOAWAY on a stream                | HEADERS:4:1:@POST, GOAWAY:0:1:*8                     | connection PROTOCOL_ERROR
                    6.8   | GOAWAY ends no exchange           | HEADERS:4:1:@POST, GOAWAY:0:0:*8                     | ignored
                    6.9   | increment 0 of the connection     | WINDOW:0:0:00000000                                  | connection PROTOCOL_ERROR
                    6.9   | increment 0 of a stream           | HEADERS:4:1:@POST, WINDOW:0:1:00000000               | stream 1 PROTOCOL_ERROR
                    6.9   | WINDOW_UPDATE of three bytes      | WINDOW:0:0:000001                                    | connection FRAME_SIZE_ERROR
                    6.9.1 | connection window of 2^31         | WINDOW:0:0:7fffffff, WINDOW:0:0:7fffffff             | connection FLOW_CONTROL_ERROR
                    6.9.1 | stream window of 2^31             | HEADERS:4:1:@POST, WINDOW:0:1:7fffffff               | stream 1 FLOW_CONTROL_ERROR
                    6.9.2 | settings lift a window over 2^31  | HEADERS:4:1:@POST, WINDOW:0:1:7fff0000, SETTINGS:0:0:00047fffffff | connection FLOW_CONTROL_ERROR
                    6.10  | two CONTINUATION                  | HEADERS:1:1:@GET, CONT:0:1:@+a=b, CONT:4:1:@+c=d     | ignored
                    6.10  | something else between            | HEADERS:1:1:@GET, DATA:1:1:00                        | connection PROTOCOL_ERROR
                    6.10  | CONTINUATION on stream 0          | HEADERS:1:1:@GET, CONT:4:0:@+a=b                     | connection PROTOCOL_ERROR
                    6.10  | CONTINUATION behind the end       | HEADERS:4:1:@POST, CONT:4:1:@+a=b                    | connection PROTOCOL_ERROR
                    6.10  | CONTINUATION behind its last      | HEADERS:0:1:@POST, CONT:4:1:@+a=b, CONT:4:1:@+a=b    | connection PROTOCOL_ERROR
                    6.10  | CONTINUATION behind DATA          | HEADERS:4:1:@POST, DATA:0:1:00, CONT:4:1:@+a=b       | connection PROTOCOL_ERROR
                    8.1   | second HEADERS without the end    | HEADERS:4:1:@POST, DATA:0:1:00, HEADERS:4:1:@+a=b    | stream 1 PROTOCOL_ERROR
                    8.1   | trailers                          | HEADERS:4:1:@POST, DATA:0:1:00, HEADERS:5:1:@+a=b    | ignored
                    8.1.1 | DATA longer than Content-Length   | HEADERS:4:1:@POST+content-length=1, DATA:1:1:0000    | stream 1 PROTOCOL_ERROR
                    8.1.1 | DATA shorter than Content-Length  | HEADERS:4:1:@POST+content-length=3, DATA:1:1:0000    | stream 1 PROTOCOL_ERROR
                    8.1.1 | no DATA for a Content-Length      | HEADERS:5:1:@GET+content-length=1                    | stream 1 PROTOCOL_ERROR
                    8.2.1 | upper case in a name              | HEADERS:5:1:@GET+X-Test=a                            | stream 1 PROTOCOL_ERROR
                    8.2.1 | blank in a name                   | HEADERS:5:1:@GET+x test=a                           | stream 1 PROTOCOL_ERROR
                    8.2.1 | empty name                        | HEADERS:5:1:@GET+=a                                  | stream 1 PROTOCOL_ERROR
                    8.2.1 | blank before a value              | HEADERS:5:1:@GET+x-a=%20b                         | stream 1 PROTOCOL_ERROR
                    8.2.1 | line break in a value             | HEADERS:5:1:@GET+x-a=a%0db                        | stream 1 PROTOCOL_ERROR
                    8.2.1 | NUL in a value                    | HEADERS:5:1:@GET+x-a=a%00b                        | stream 1 PROTOCOL_ERROR
                    8.2.2 | Connection                        | HEADERS:5:1:@GET+connection=keep-alive               | stream 1 PROTOCOL_ERROR
                    8.2.2 | Keep-Alive                        | HEADERS:5:1:@GET+keep-alive=5                        | stream 1 PROTOCOL_ERROR
                    8.2.2 | Proxy-Connection                  | HEADERS:5:1:@GET+proxy-connection=close              | stream 1 PROTOCOL_ERROR
                    8.2.2 | Transfer-Encoding                 | HEADERS:5:1:@GET+transfer-encoding=chunked           | stream 1 PROTOCOL_ERROR
                    8.2.2 | Upgrade                           | HEADERS:5:1:@GET+upgrade=websocket                   | stream 1 PROTOCOL_ERROR
                    8.2.2 | TE that is not trailers           | HEADERS:5:1:@GET+te=trailers, HEADERS:5:3:@GET+te=gzip | stream 3 PROTOCOL_ERROR
                    8.3   | unknown pseudo field              | HEADERS:5:1:@GET+:test=a                             | stream 1 PROTOCOL_ERROR
                    8.3   | :status in a request              | HEADERS:5:1:@GET+:status=200                         | stream 1 PROTOCOL_ERROR
                    8.3   | pseudo field in trailers          | HEADERS:4:1:@POST, HEADERS:5:1:@+:method=GET         | stream 1 PROTOCOL_ERROR
                    8.3   | pseudo field behind others        | HEADERS:5:1:@+:method=GET+:scheme=https+x=y+:authority=a.example+:path=/ | stream 1 PROTOCOL_ERROR
                    8.3.1 | empty :path                       | HEADERS:5:1:@+:method=GET+:scheme=https+:authority=a.example+:path= | stream 1 PROTOCOL_ERROR
                    8.3.1 | no :method                        | HEADERS:5:1:@+:scheme=https+:authority=a.example+:path=/ | stream 1 PROTOCOL_ERROR
                    8.3.1 | no :scheme                        | HEADERS:5:1:@+:method=GET+:authority=a.example+:path=/ | stream 1 PROTOCOL_ERROR
                    8.3.1 | no :path                          | HEADERS:5:1:@+:method=GET+:scheme=https+:authority=a.example | stream 1 PROTOCOL_ERROR
                    8.3.1 | :method twice                     | HEADERS:5:1:@GET+:method=GET                         | stream 1 PROTOCOL_ERROR
                    8.3.1 | :scheme twice                     | HEADERS:5:1:@GET+:scheme=https                       | stream 1 PROTOCOL_ERROR
                    8.3.1 | :path twice                       | HEADERS:5:1:@GET+:path=/                             | stream 1 PROTOCOL_ERROR
                    8.3.1 | :authority twice                  | HEADERS:5:1:@GET+:authority=a.example                | stream 1 PROTOCOL_ERROR
                    HPACK 2.3.3 | index that is not there     | HEADERS:5:1:@GET&c6                                  | connection COMPRESSION_ERROR
                    HPACK 4.2 | size update at the end        | HEADERS:5:1:@GET&20                                  | connection COMPRESSION_ERROR
                    HPACK 5.1 | integer without an end        | HEADERS:5:1:@GET&ffffffffffffffffffff                | connection COMPRESSION_ERROR
                    HPACK 5.2 | Huffman padding of eight bits | HEADERS:5:1:@GET&000161831cffff                      | connection COMPRESSION_ERROR
                    HPACK 5.2 | Huffman padding of zeros      | HEADERS:5:1:@GET&0001618118                          | connection COMPRESSION_ERROR
                    HPACK 5.2 | Huffman code of the end       | HEADERS:5:1:@GET&00016184ffffffff                    | connection COMPRESSION_ERROR
                    HPACK 6.1 | index 0                       | HEADERS:5:1:@GET&80                                  | connection COMPRESSION_ERROR
                    HPACK 6.2 | string longer than the block  | HEADERS:5:1:@GET&00016105                            | connection COMPRESSION_ERROR
                    HPACK 6.3 | table larger than agreed      | HEADERS:5:1:3fe21f&@GET                              | connection COMPRESSION_ERROR
                    HPACK 6.3 | table as small as it gets     | HEADERS:5:1:20&@GET                                  | ignored
                    """)
    void frames(String clause, String what, String frames, String expected) {
        for (String frame : frames.split(", ", -1)) {
            if (rig.channel.isOpen()) {
                send(frame.split(":", 4));
            }
        }
        List<String> got = rig.frames();
        String[] words = expected.split(" ", -1);
        switch (words[0]) {
            case "connection" -> {
                assertThat(got).contains("GOAWAY " + Http2Error.valueOf(words[1]).code());
                assertThat(rig.channel.isOpen()).isFalse();
            }
            case "stream" ->
                    assertThat(got)
                            .contains("RST " + words[1] + " " + Http2Error.valueOf(words[2]).code())
                            .noneMatch(frame -> frame.startsWith("GOAWAY"));
            case "ignored" ->
                    assertThat(got)
                            .noneMatch(frame -> frame.startsWith("RST"))
                            .noneMatch(frame -> frame.startsWith("GOAWAY"));
            default -> assertThat(got).contains(expected);
        }
        if (!words[0].equals("connection")) {
            int before = rig.events().size();
            rig.get(LATER);
            assertThat(rig.events()).hasSizeGreaterThan(before);
            assertThat(rig.channel.isOpen()).isTrue();
        }
    }

    private void send(String... frame) {
        int type = TYPES.containsKey(frame[0]) ? TYPES.get(frame[0]) : Integer.parseInt(frame[0]);
        rig.frame(
                type,
                Integer.parseInt(frame[1]),
                Integer.parseUnsignedInt(frame[2]),
                payload(frame[3]));
    }

    private static byte[] payload(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String piece : text.split("&", -1)) {
            out.writeBytes(
                    switch (piece.charAt(0)) {
                        case '@' -> block(piece.substring(1));
                        case '*' -> new byte[Integer.parseInt(piece.substring(1))];
                        default -> ByteBufUtil.decodeHexDump(piece);
                    });
        }
        return out.toByteArray();
    }

    private static byte[] block(String text) {
        String[] parts = text.split("\\+", -1);
        String[] fields = new String[2 * (parts.length - 1)];
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            fields[2 * i - 2] = parts[i].substring(0, equals);
            fields[2 * i - 1] =
                    URLDecoder.decode(parts[i].substring(equals + 1), StandardCharsets.ISO_8859_1);
        }
        return parts[0].isEmpty() ? Http2Rig.block(fields) : Http2Rig.head(parts[0], fields);
    }

    /** RFC 9113 section 3.4. */
    @ParameterizedTest
    @CsvSource({"GET / HTTP/1.1", "PRI * HTTP/2.0\\r\\n\\r\\nXX\\r\\n\\r\\n"})
    void anotherPrefaceEndsTheConnection(String preface) {
        try (Http2Rig fresh = Http2Rig.withoutPreface(directory)) {
            byte[] bytes = preface.translateEscapes().getBytes(StandardCharsets.US_ASCII);
            fresh.write(Unpooled.wrappedBuffer(bytes, new byte[40]));
            assertThat(fresh.channel.isOpen()).isFalse();
        }
    }
}
