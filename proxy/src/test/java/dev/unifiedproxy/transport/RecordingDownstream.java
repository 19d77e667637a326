package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one client was told. */
public final class RecordingDownstream implements Downstream {
    public final List<String> events = new CopyOnWriteArrayList<>();
    public volatile Optional<RequestBodySink> sink = Optional.empty();
    public volatile boolean admits = true;

    /** Happens between the container's being found and its connection's being tied to it. */
    public volatile Runnable atBind = () -> {};

    private final EventLoop loop;

    public RecordingDownstream(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public boolean bind(String containerId) {
        atBind.run();
        return admits;
    }

    @Override
    public void answer(Answer answer) {
        String status = answer.headers().first("proxy-status").orElse("");
        events.add(
                "answer "
                        + answer.status()
                        + " "
                        + status.substring(status.indexOf('"') + 1, status.lastIndexOf('"')));
    }

    @Override
    public void informational(ResponseHead head) {
        events.add("interim " + head.status());
    }

    @Override
    public void head(ResponseHead head) {
        events.add("head " + head.status());
    }

    @Override
    public void body(ByteBuf piece) {
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
    public void attach(RequestBodySink to) {
        sink = Optional.of(to);
    }

    @Override
    public void pauseBody() {
        // bodies are sent whole
    }

    @Override
    public void resumeBody() {
        // bodies are sent whole
    }
}
