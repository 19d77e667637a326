package dev.unifiedproxy.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A name server on loopback; answers live for no time at all, so that each question is asked. */
final class DnsStub implements AutoCloseable {
    private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
    private final Channel channel;

    DnsStub(EventLoopGroup loops) {
        channel =
                new Bootstrap()
                        .group(loops)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel made) {
                                        made.pipeline()
                                                .addLast(
                                                        new DatagramDnsQueryDecoder(),
                                                        new DatagramDnsResponseEncoder(),
                                                        new Responder());
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .syncUninterruptibly()
                        .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** From now on the name has these addresses; a name without is answered NXDOMAIN. */
    void set(String name, String... addresses) {
        answers.put(name + ".", List.of(addresses));
    }

    /** From now on questions for the name are not answered at all. */
    void silence(String name) {
        answers.put(name + ".", List.of("silent"));
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    private final class Responder extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query)
                throws UnknownHostException {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            Optional<List<String>> known = Optional.ofNullable(answers.get(question.name()));
            if (known.isPresent() && known.get().contains("silent")) {
                return;
            }
            DatagramDnsResponse response =
                    new DatagramDnsResponse(
                            /* sender= */ query.recipient(),
                            /* recipient= */ query.sender(),
                            query.id());
            response.setCode(
                    known.isPresent() ? DnsResponseCode.NOERROR : DnsResponseCode.NXDOMAIN);
            response.addRecord(
                    DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
            boolean six = question.type().equals(DnsRecordType.AAAA);
            for (String text : known.orElse(List.of())) {
                if (text.contains(":") == six) {
                    response.addRecord(
                            DnsSection.ANSWER,
                            new DefaultDnsRawRecord(
                                    question.name(),
                                    question.type(),
                                    0,
                                    Unpooled.wrappedBuffer(raw(text, six))));
                }
            }
            context.writeAndFlush(response);
        }

        /** The JDK makes four bytes of a mapped address; the record has sixteen. */
        private static byte[] raw(String text, boolean six) throws UnknownHostException {
            byte[] bytes = InetAddress.getByName(text).getAddress();
            if (!six || bytes.length == 16) {
                return bytes;
            }
            byte[] mapped = new byte[16];
            Arrays.fill(mapped, 10, 12, (byte) 0xff);
            System.arraycopy(bytes, 0, mapped, 12, 4);
            return mapped;
        }
    }
}
