package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.WholeBody;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Holds a request's body back until it is complete, for a rule that has to read it; then the same
 * bytes go on. Lives on the exchange's event loop.
 *
 * <p>Whoever made it calls {@link #replay} or {@link #release} once, after {@link Reader#complete};
 * in every other case it has let go of the bytes itself.
 */
public final class HeldBody implements RequestBodySink {
    /**
     * Who waits for the body. Exactly one of the first three is called first; the last after it.
     */
    public interface Reader {
        /** The body is complete. */
        void complete(HeldBody body);

        /** It is longer than the bound. */
        void tooLong();

        /** There is no room for it among all bodies that are held. */
        void noRoom();

        /**
         * The client is gone, too slow, or broke the framing of its body; before or after its end.
         */
        void failed(Refusal reason);
    }

    private final Downstream client;
    private final int maxBytes;
    private final IntPredicate room;
    private final Reader reader;
    private final List<ByteBuf> pieces = new ArrayList<>();

    private int length;
    private boolean over;
    private Headers trailers = Headers.empty();

    private HeldBody(Downstream client, int maxBytes, IntPredicate room, Reader reader) {
        this.client = client;
        this.maxBytes = maxBytes;
        this.room = room;
        this.reader = reader;
    }

    /**
     * Begins to hold a client's body.
     *
     * @param maxBytes the longest body
     * @param room takes so many bytes of what may be held in all, or says that they are not left
     * @param reader hears of the end
     */
    public static HeldBody of(Downstream client, int maxBytes, IntPredicate room, Reader reader) {
        HeldBody held = new HeldBody(client, maxBytes, room, reader);
        client.attach(held);
        return held;
    }

    /** Has something done on the exchange's event loop, for whoever read the body elsewhere. */
    public void handBack(Runnable action) {
        client.eventLoop().execute(action);
    }

    /** How many bytes it holds. */
    public int length() {
        return length;
    }

    @Override
    public void body(ByteBuf piece) {
        int bytes = piece.readableBytes();
        if (over) {
            piece.release();
        } else if (bytes > maxBytes - length) {
            piece.release();
            letGo();
            reader.tooLong();
        } else if (!room.test(bytes)) {
            piece.release();
            letGo();
            reader.noRoom();
        } else {
            length += bytes;
            pieces.add(piece);
        }
    }

    @Override
    public void end(Headers endOfBody) {
        if (!over) {
            over = true;
            trailers = endOfBody;
            reader.complete(this);
        }
    }

    @Override
    public void flush() {
        // nothing is passed on before the body is complete
    }

    @Override
    public void downstreamWritable() {
        // no response is under way
    }

    @Override
    public void downstreamFailed(Refusal reason) {
        if (!over) {
            letGo();
        }
        reader.failed(reason);
    }

    private void letGo() {
        over = true;
        release();
    }

    /** A copy of the bytes for whoever judges them. */
    public WholeBody read() {
        ByteBuf whole = Unpooled.wrappedUnmodifiableBuffer(pieces.toArray(ByteBuf[]::new));
        return WholeBody.of(whole.nioBuffer());
    }

    /** Passes on what it holds, and lets go of it. */
    public void replay(RequestBodySink to) {
        List<ByteBuf> all = List.copyOf(pieces);
        pieces.clear();
        all.forEach(to::body);
        to.end(trailers);
    }

    /** Lets go of what it holds. */
    public void release() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
    }
}
