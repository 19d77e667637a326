package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * The client's side of one exchange, whatever protocol it speaks. All calls come on {@link
 * #eventLoop}.
 *
 * <p>Either one {@link #answer}, or any number of informational heads, then {@link #head}, pieces
 * of {@link #body}, and {@link #end} or {@link #abort}. Calls after the client has gone are
 * harmless.
 */
public interface Downstream {
    /** Where this exchange lives; its upstream connection lives there too. */
    EventLoop eventLoop();

    /**
     * Ties the connection to a container, so that it is counted and closed with it.
     *
     * @return false when the container has too many connections already
     */
    boolean bind(String containerId);

    /** Sends a complete response of the proxy's own. */
    void answer(Answer answer);

    /** Sends an interim response (1xx). */
    void informational(ResponseHead head);

    /** Sends the head of the server's response, with end-to-end fields only. */
    void head(ResponseHead head);

    /** Sends a piece of body; takes ownership of it. */
    void body(ByteBuf piece);

    /** The response is complete, and pushed out. */
    void end(Headers trailers);

    /** The response can not be completed: the client must not take what it has for the whole. */
    void abort();

    /** Pushes out what was sent. */
    void flush();

    /** Whether the client takes more; when it turns true again the sink is told. */
    boolean isWritable();

    /**
     * Starts the flow of the request body into the sink, which is also told when the client goes
     * away.
     */
    void attach(RequestBodySink sink);

    /** Stops reading the request body until {@link #resumeBody}. */
    void pauseBody();

    /** Continues reading the request body. */
    void resumeBody();
}
