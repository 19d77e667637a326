package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.RefusedException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bytes in, outcome out: the same bytes whole, one by one, cut at every position and at random have
 * to come to the same, and leave no buffer behind.
 */
public final class WireTranscript {
    private static final int EVERY_POSITION = 600;
    private static final int RANDOM_CUTS = 25;

    /**
     * What bytes came to.
     *
     * @param messages heads, bodies (pieces joined, as Latin-1 text) and ends
     * @param refusal the code that ended it, or empty
     */
    public record Outcome(List<Object> messages, String refusal) {
        /** The one body of a transcript with one message. */
        public String body() {
            return messages.stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .reduce("", String::concat);
        }

        /** Messages of one type. */
        public <T> List<T> all(Class<T> type) {
            return messages.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    private WireTranscript() {}

    /** Requests, each let in when the one before has ended. */
    public static Outcome requests(String bytes) {
        return same(bytes, WireTranscript::requestsAt);
    }

    /** The one request in front, and what is left for whoever takes the decoder's place. */
    static Outcome firstRequest(String bytes) {
        return same(bytes, parts -> run(Http1RequestDecoder::new, parts, decoder -> {}, false));
    }

    /** The responses to requests of these methods, and then the server closes. */
    static Outcome responses(String bytes, dev.unifiedproxy.http.Method method, boolean close) {
        return same(
                bytes,
                parts ->
                        run(
                                () -> {
                                    Http1ResponseDecoder decoder = new Http1ResponseDecoder();
                                    decoder.expect(method);
                                    return decoder;
                                },
                                parts,
                                decoder -> {},
                                close));
    }

    private static Outcome requestsAt(List<byte[]> parts) {
        return run(Http1RequestDecoder::new, parts, Http1RequestDecoder::next, false);
    }

    /** One run without cuts, for a fuzz test. */
    static Outcome once(byte[] bytes) {
        return requestsAt(List.of(bytes));
    }

    private static Outcome same(String text, Function<List<byte[]>, Outcome> run) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Outcome whole = run.apply(List.of(bytes));
        List<Integer> all = new ArrayList<>();
        for (int at = 1; at < bytes.length; at++) {
            all.add(at);
        }
        assertThat(run.apply(cut(bytes, all))).as("byte by byte").isEqualTo(whole);
        if (bytes.length <= EVERY_POSITION) {
            for (int at : all) {
                assertThat(run.apply(cut(bytes, List.of(at)))).as("cut at %d", at).isEqualTo(whole);
            }
        }
        for (int seed = 0; seed < RANDOM_CUTS && bytes.length > 2; seed++) {
            Random random = new Random(seed);
            List<Integer> at = random.ints(5, 1, bytes.length).distinct().sorted().boxed().toList();
            assertThat(run.apply(cut(bytes, at)))
                    .as("seed %d, cut at %s", seed, at)
                    .isEqualTo(whole);
        }
        return whole;
    }

    /** The bytes in pieces that start at these positions. */
    public static List<byte[]> cut(byte[] bytes, List<Integer> positions) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int at : positions) {
            parts.add(java.util.Arrays.copyOfRange(bytes, from, at));
            from = at;
        }
        parts.add(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
        return parts;
    }

    private static <D extends ChannelHandler> Outcome run(
            Supplier<D> newDecoder,
            List<byte[]> parts,
            java.util.function.Consumer<D> atEnd,
            boolean close) {
        D decoder = newDecoder.get();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        Collector collector = new Collector(() -> atEnd.accept(decoder));
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        channel.pipeline().addLast(decoder, collector);
        for (byte[] part : parts) {
            channel.writeInbound(allocator.buffer(part.length + 1).writeBytes(part));
        }
        if (close) {
            channel.close();
        } else {
            channel.pipeline().remove(decoder);
        }
        channel.finishAndReleaseAll();
        assertThat(allocator.metric().usedHeapMemory()).as("bytes leaked").isZero();
        return collector.outcome();
    }

    private static final class Collector extends ChannelInboundHandlerAdapter {
        private final Runnable atEnd;
        private final List<Object> messages = new ArrayList<>();
        private final List<String> refusals = new ArrayList<>();

        Collector(Runnable atEnd) {
            this.atEnd = atEnd;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf piece) {
                String text = piece.toString(StandardCharsets.ISO_8859_1);
                piece.release();
                if (!messages.isEmpty() && messages.getLast() instanceof String before) {
                    messages.set(messages.size() - 1, before + text);
                } else {
                    messages.add(text);
                }
                return;
            }
            messages.add(message);
            if (message instanceof EndOfBody) {
                atEnd.run();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof RefusedException refused)) {
                throw new AssertionError("Neither a message nor a refusal", cause);
            }
            refusals.add(refused.refusal().code().id());
        }

        Outcome outcome() {
            assertThat(refusals).as("refusals").hasSizeLessThanOrEqualTo(1);
            return new Outcome(
                    List.copyOf(messages), refusals.isEmpty() ? "" : refusals.getFirst());
        }
    }
}
