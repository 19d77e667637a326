package dev.unifiedproxy.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** What a scripted peer speaks inside TLS. */
enum Protocol {
    /** HTTP/1.1. */
    HTTP1("http/1.1"),
    /** HTTP/2. */
    HTTP2("h2");

    private final String alpn;

    Protocol(String alpn) {
        this.alpn = alpn;
    }

    /** Offers this one and nothing else. */
    ApplicationProtocolConfig alpn() {
        return new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                alpn);
    }

    static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    /** One exchange of a scripted peer, on a connection or on a stream of its own. */
    abstract static class Side extends SimpleChannelInboundHandler<HttpObject> {
        private static final int PIECE = 16 * 1024;

        /** Its loop has other things to do too. */
        private static final int PIECES_AT_ONCE = 8;

        private final AtomicLong sent = new AtomicLong();
        private long toSend; // of its loop

        /** Bytes of {@link #pump} that went so far. */
        long sent() {
            return sent.get();
        }

        /**
         * Sends so many bytes as fast as the other side takes them, then the end of the message.
         */
        void pump(Channel channel, long bytes) {
            channel.eventLoop()
                    .execute(
                            () -> {
                                toSend = bytes;
                                pumpMore(channel);
                            });
        }

        private void pumpMore(Channel channel) {
            for (int i = 0; i < PIECES_AT_ONCE && toSend > 0 && channel.isWritable(); i++) {
                int length = (int) Math.min(PIECE, toSend);
                toSend -= length;
                sent.addAndGet(length);
                channel.writeAndFlush(
                        new DefaultHttpContent(channel.alloc().buffer(length).writeZero(length)));
                if (toSend == 0) {
                    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                }
            }
            if (toSend > 0 && channel.isWritable()) {
                channel.eventLoop().execute(() -> pumpMore(channel));
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            pumpMore(context.channel());
        }

        /** Breaks the exchange off: a connection is closed, a stream reset. */
        static void breakOff(Channel channel, Http2Error error) {
            if (channel instanceof Http2StreamChannel) {
                channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
            } else {
                channel.close();
            }
        }
    }
}
