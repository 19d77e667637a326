package dev.unifiedproxy.scenario;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One exchange of a {@link ScriptedClient}: what it sends, and what it got so far. */
final class Call extends Protocol.Side {
    private static final int KEPT = 4096;

    private final Channel channel;
    private final CompletableFuture<HttpResponse> head = new CompletableFuture<>();
    private final CompletableFuture<List<String>> trailers = new CompletableFuture<>();
    private final List<Integer> informational = new CopyOnWriteArrayList<>();
    private volatile String text = "";
    private boolean last;
    private final AtomicLong received = new AtomicLong();

    Call(Channel channel) {
        this.channel = channel;
    }

    void start(HttpRequest request) {
        channel.pipeline().addLast(this);
        channel.writeAndFlush(request);
    }

    void send(String piece) {
        channel.writeAndFlush(new DefaultHttpContent(Protocol.bytes(piece)));
    }

    void end() {
        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Ends the request with one trailer field. */
    void end(String name, String value) {
        DefaultLastHttpContent end = new DefaultLastHttpContent();
        end.trailingHeaders().add(name, value);
        channel.writeAndFlush(end);
    }

    void upload(long bytes) {
        pump(channel, bytes);
    }

    void abort() {
        breakOff(channel, Http2Error.CANCEL);
    }

    void takeNothing() {
        channel.config().setAutoRead(false);
    }

    void takeTheRest() {
        channel.config().setAutoRead(true);
    }

    /** The final head; waits for it. */
    HttpResponse head() throws Exception {
        return head.get(15, TimeUnit.SECONDS);
    }

    int status() throws Exception {
        return head().status().code();
    }

    /** The proxy's own code of a refusal; empty when the answer is the server's. */
    String code() throws Exception {
        String status = head().headers().get("proxy-status", "");
        int at = status.indexOf("details=\"");
        return at < 0 ? "" : status.substring(at + 9, status.indexOf('"', at + 9));
    }

    /** The whole body, or its beginning; waits for its end. */
    String body() throws Exception {
        trailers();
        return text;
    }

    /** Of the body so far. */
    String soFar() {
        return text;
    }

    List<String> trailers() throws Exception {
        return trailers.get(30, TimeUnit.SECONDS);
    }

    /** What failed the exchange or will. */
    CompletableFuture<List<String>> outcome() {
        return trailers;
    }

    List<Integer> informational() {
        return informational;
    }

    long received() {
        return received.get();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message instanceof HttpResponse response) {
            last = response.status().code() >= 200;
            if (last) {
                head.complete(response);
            } else {
                informational.add(response.status().code());
            }
        }
        if (message instanceof HttpContent content) {
            received.addAndGet(content.content().readableBytes());
            if (text.length() < KEPT) {
                text = text.concat(content.content().toString(StandardCharsets.ISO_8859_1));
            }
        }
        if (last && message instanceof LastHttpContent end) {
            context.pipeline().remove(this); // of a connection, on which others follow
            trailers.complete(
                    end.trailingHeaders().entries().stream()
                            .map(field -> field.getKey() + ": " + field.getValue())
                            .toList());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        broken(new IOException("cut after " + received + " bytes"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken(cause);
    }

    private void broken(Throwable cause) {
        head.completeExceptionally(cause);
        trailers.completeExceptionally(cause);
    }
}
