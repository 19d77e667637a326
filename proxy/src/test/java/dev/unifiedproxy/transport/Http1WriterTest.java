package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestHeadParser;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.http.ResponseHeadParser;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** What is written is read back by our own parsers. */
final class Http1WriterTest {
    private static final String TOKEN = "abcXYZ019!#$%&'*+-.^_`|~";
    private static final BodyFraming[] FRAMINGS = {
        BodyFraming.NONE, BodyFraming.CHUNKED, new BodyFraming.Length(0), new BodyFraming.Length(77)
    };

    private static byte[] bytes(ByteBuf written) {
        byte[] bytes = ByteBufUtil.getBytes(written);
        written.release();
        return bytes;
    }

    private static Headers fields(Random random) {
        Headers.Builder fields = new Headers.Builder(8).add("host", "a.example");
        int count = random.nextInt(20);
        for (int i = 0; i < count; i++) {
            StringBuilder name = new StringBuilder("x-");
            for (int j = random.nextInt(12); j > 0; j--) {
                name.append(TOKEN.charAt(random.nextInt(TOKEN.length())));
            }
            StringBuilder value = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                int c = random.nextInt(0x100);
                value.append(c < 0x20 || c == 0x7f ? '\t' : (char) c);
            }
            fields.add(name.toString(), trim(value.toString()));
        }
        return fields.build();
    }

    private static String trim(String value) {
        return value.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static Headers withoutFraming(Headers headers) {
        return headers.without(
                name -> name.equals("content-length") || name.equals("transfer-encoding"));
    }

    private static final List<Method> METHODS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(Method.CONNECT)));

    @Test
    void requestsAreReadBack() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Method method = METHODS.get(random.nextInt(METHODS.size()));
            Headers headers = fields(random);
            BodyFraming framing = FRAMINGS[random.nextInt(FRAMINGS.length)];
            byte[] written =
                    bytes(
                            Http1Writer.requestHead(
                                    UnpooledByteBufAllocator.DEFAULT,
                                    method,
                                    "/a/b?c",
                                    headers,
                                    framing));
            RequestHead read = RequestHeadParser.parse(written, written.length);
            assertThat(read.method()).as("seed %d", seed).isEqualTo(method);
            assertThat(((RequestTarget.Origin) read.target()).text()).isEqualTo("/a/b?c");
            assertThat(withoutFraming(read.headers())).as("seed %d", seed).isEqualTo(headers);
            assertThat(read.framing()).as("seed %d", seed).isEqualTo(framing);
        }
    }

    @Test
    void responsesAreReadBack() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int status = 200 + random.nextInt(400);
            Headers headers = fields(random);
            BodyFraming framing =
                    status == 204 || status == 304
                            ? BodyFraming.NONE
                            : FRAMINGS[1 + random.nextInt(FRAMINGS.length - 1)];
            boolean close = random.nextBoolean();
            byte[] written =
                    bytes(
                            Http1Writer.responseHead(
                                    UnpooledByteBufAllocator.DEFAULT,
                                    status,
                                    headers,
                                    framing,
                                    close));
            ResponseHead read =
                    ResponseHeadParser.parse(written, written.length, Method.GET, false);
            assertThat(read.status()).as("seed %d", seed).isEqualTo(status);
            assertThat(withoutFraming(read.headers()).without("connection"::equals))
                    .as("seed %d", seed)
                    .isEqualTo(headers);
            assertThat(read.framing()).as("seed %d", seed).isEqualTo(framing);
            assertThat(read.keepAlive()).as("seed %d", seed).isEqualTo(!close);
        }
    }

    @Test
    void everyStatusHasAReasonThatIsRead() {
        for (int status = 200; status < 600; status++) {
            assertThat(ReasonPhrase.of(status)).matches("[ -~]+");
        }
    }

    @Test
    void latin1GoesOutAsItCameIn() {
        byte[] written =
                bytes(
                        Http1Writer.requestHead(
                                UnpooledByteBufAllocator.DEFAULT,
                                Method.GET,
                                "/",
                                Headers.of("x", "\u00e4\u00ff"),
                                BodyFraming.NONE));
        assertThat(new String(written, StandardCharsets.ISO_8859_1))
                .isEqualTo("GET / HTTP/1.1\r\nx: \u00e4\u00ff\r\n\r\n");
    }

    @Test
    void aBodyUntilCloseIsNeverWritten() {
        assertThatThrownBy(
                        () ->
                                Http1Writer.responseHead(
                                        UnpooledByteBufAllocator.DEFAULT,
                                        200,
                                        Headers.empty(),
                                        BodyFraming.UNTIL_CLOSE,
                                        false))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void piecesAreReadBackAsOneBody(boolean trailers) {
        Random random = new Random(7);
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        var context = channel.pipeline().firstContext();
        StringBuilder body = new StringBuilder();
        StringBuilder wire =
                new StringBuilder(
                        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            byte[] piece = new byte[random.nextInt(3) * random.nextInt(40)];
            random.nextBytes(piece);
            body.append(new String(piece, StandardCharsets.ISO_8859_1));
            Http1Writer.body(context, Unpooled.wrappedBuffer(piece), true);
        }
        Headers last = trailers ? Headers.of("digest", "x") : Headers.empty();
        Http1Writer.lastChunk(context, last);
        channel.flush();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            wire.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        WireTranscript.Outcome read = WireTranscript.requests(wire.toString());
        assertThat(read.refusal()).isEmpty();
        assertThat(read.body()).isEqualTo(body.toString());
        assertThat(read.all(EndOfBody.class)).containsExactly(new EndOfBody(last));
        channel.finishAndReleaseAll();
    }

    @Test
    void anEmptyPieceIsNotALastChunk() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        Http1Writer.body(channel.pipeline().firstContext(), Unpooled.buffer(), true);
        channel.flush();
        ByteBuf nothing = channel.readOutbound();
        assertThat(nothing).isNull();
        channel.finish();
    }
}
