package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is held goes on unchanged, and is let go of on every way out. */
final class HeldBodyTest implements HeldBody.Reader, RequestBodySink {
    private final List<String> events = new ArrayList<>();
    private final List<ByteBuf> made = new ArrayList<>();
    private Optional<HeldBody> done = Optional.empty();
    private boolean room = true;
    private final HeldBody body =
            HeldBody.of(new RecordingDownstream(new DefaultEventLoop()), 10, bytes -> room, this);

    private ByteBuf piece(String text) {
        ByteBuf piece = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        made.add(piece);
        return piece;
    }

    private void assertLetGo() {
        assertThat(made).allMatch(piece -> piece.refCnt() == 0);
    }

    @Test
    void theSameBytesAreReadAndGoOn() {
        body.body(piece("hello"));
        body.body(piece("world"));
        body.flush();
        body.end(Headers.of("x-sum", "1"));
        assertThat(events).containsExactly("complete");
        HeldBody held = done.orElseThrow();
        assertThat(held.length()).isEqualTo(10);
        assertThat(held.read().utf8()).contains("helloworld");
        held.replay(this);
        assertThat(events).containsExactly("complete", "hello", "world", "end x-sum");
        held.release();
        assertLetGo();
    }

    @Test
    void anEmptyBodyIsOneToo() {
        body.end(Headers.empty());
        assertThat(done.orElseThrow().read().length()).isZero();
    }

    @Test
    void whatIsTooLongIsLetGoOfAndEndsOnce() {
        body.body(piece("0123456789"));
        body.body(piece("x"));
        body.body(piece("y"));
        body.end(Headers.empty());
        assertThat(events).containsExactly("too long");
        assertLetGo();
    }

    @Test
    void whatFindsNoRoomIsLetGoOf() {
        body.body(piece("01234"));
        room = false;
        body.body(piece("5"));
        body.end(Headers.empty());
        assertThat(events).containsExactly("no room");
        assertLetGo();
    }

    @Test
    void aClientThatGoesLeavesNothing() {
        body.body(piece("01234"));
        body.downstreamFailed(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone"));
        body.body(piece("5"));
        assertThat(events).containsExactly("failed gone");
        assertLetGo();
    }

    @Test
    void aClientThatGoesBehindItsBodyIsHeardOfAndTheBytesAreTheReaders() {
        body.body(piece("01234"));
        body.end(Headers.empty());
        body.downstreamWritable();
        body.downstreamFailed(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone"));
        assertThat(events).containsExactly("complete", "failed gone");
        assertThat(done.orElseThrow().read().utf8()).contains("01234");
        done.get().release();
        assertLetGo();
    }

    // ---- reader ----

    @Override
    public void complete(HeldBody held) {
        done = Optional.of(held);
        events.add("complete");
    }

    @Override
    public void tooLong() {
        events.add("too long");
    }

    @Override
    public void noRoom() {
        events.add("no room");
    }

    @Override
    public void failed(Refusal reason) {
        events.add("failed " + reason.detail());
    }

    // ---- where it goes on to ----

    @Override
    public void body(ByteBuf piece) {
        events.add(piece.toString(StandardCharsets.US_ASCII));
        piece.release();
    }

    @Override
    public void end(Headers trailers) {
        events.add("end" + (trailers.size() > 0 ? " " + trailers.name(0) : ""));
    }

    @Override
    public void flush() {
        events.add("flush");
    }

    @Override
    public void downstreamWritable() {
        events.add("writable");
    }

    @Override
    public void downstreamFailed(Refusal reason) {
        events.add("downstream failed");
    }
}
