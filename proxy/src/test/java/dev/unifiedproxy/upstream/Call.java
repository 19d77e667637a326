package dev.unifiedproxy.upstream;

import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** One exchange as client and observer see it. */
final class Call implements Downstream, ExchangeObserver {
    private final EventLoop loop;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Queue<String> body = new ConcurrentLinkedQueue<>();
    private volatile Optional<RequestBodySink> sink = Optional.empty();
    private volatile Optional<ResponseHead> head = Optional.empty();
    private volatile Optional<Refusal> failure = Optional.empty();
    private volatile boolean over;
    private volatile boolean writable = true;
    private volatile boolean bodyPaused;

    Call(EventLoop loop) {
        this.loop = loop;
    }

    List<String> events() {
        return events;
    }

    String receivedBody() {
        return String.join("", body);
    }

    ResponseHead receivedHead() {
        return head.orElseThrow();
    }

    Refusal failure() {
        return failure.orElseThrow();
    }

    boolean isBodyPaused() {
        return bodyPaused;
    }

    void setWritable(boolean now) {
        writable = now;
        if (now) {
            sink.orElseThrow().downstreamWritable();
        }
    }

    /** Waits until the observer has heard the end. */
    Call awaitEnd() {
        await().atMost(Duration.ofSeconds(20)).until(() -> over);
        return this;
    }

    void sendBody(String piece) {
        onLoop(
                to -> {
                    to.body(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
                    to.flush();
                });
    }

    void endBody() {
        onLoop(
                to -> {
                    to.end(Headers.empty());
                    to.flush();
                });
    }

    void fail(Refusal reason) {
        onLoop(to -> to.downstreamFailed(reason));
    }

    private void onLoop(java.util.function.Consumer<RequestBodySink> action) {
        loop.submit(() -> action.accept(sink.orElseThrow())).syncUninterruptibly();
    }

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
        events.add("answer " + answer.status());
    }

    @Override
    public void informational(ResponseHead interim) {
        events.add("interim " + interim.status());
    }

    @Override
    public void head(ResponseHead received) {
        head = Optional.of(received);
        events.add("head " + received.status());
    }

    @Override
    public void body(ByteBuf piece) {
        body.add(piece.toString(StandardCharsets.ISO_8859_1));
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
        // every piece is seen at once
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void attach(RequestBodySink to) {
        sink = Optional.of(to);
    }

    @Override
    public void pauseBody() {
        bodyPaused = true;
    }

    @Override
    public void resumeBody() {
        bodyPaused = false;
    }

    @Override
    public void connected(IpAddress address) {
        events.add("connected " + address.text());
    }

    @Override
    public void responded(int status) {
        events.add("responded " + status);
    }

    @Override
    public void completed(long requestBytes, long responseBytes) {
        events.add("completed " + requestBytes + " " + responseBytes);
        over = true;
    }

    @Override
    public void failed(Refusal reason, long requestBytes, long responseBytes) {
        failure = Optional.of(reason);
        events.add("failed " + reason.code().id());
        over = true;
    }
}
