package dev.unifiedproxy.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Which sockets move the bytes: Linux's epoll where its native library loads, else the JDK's NIO.
 */
public enum Transport {
    /** Native epoll. */
    EPOLL,
    /** The JDK's selectors. */
    NIO;

    /**
     * Chooses the transport.
     *
     * @param wanted {@code auto}, {@code native} or {@code jdk}
     * @throws IllegalStateException when {@code native} is wanted and the library does not load;
     *     the message says why
     */
    public static Transport choose(String wanted) {
        boolean available = Epoll.isAvailable();
        if (wanted.equals("native") && !available) {
            throw new IllegalStateException(
                    "The native transport does not load: "
                            + Epoll.unavailabilityCause().getMessage());
        }
        return available && !wanted.equals("jdk") ? EPOLL : NIO;
    }

    /** A new group of so many event loops. */
    public EventLoopGroup newGroup(int loops) {
        DefaultThreadFactory threads = new DefaultThreadFactory("loop", true);
        return switch (this) {
            case EPOLL ->
                    new MultiThreadIoEventLoopGroup(loops, threads, EpollIoHandler.newFactory());
            case NIO -> new MultiThreadIoEventLoopGroup(loops, threads, NioIoHandler.newFactory());
        };
    }

    /** The type of listening TCP sockets. */
    public Class<? extends ServerChannel> serverChannel() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    /** The type of dialled TCP sockets. */
    public Class<? extends SocketChannel> channel() {
        return switch (this) {
            case EPOLL -> EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /** The type of UDP sockets. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return switch (this) {
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
    }

    /** For the log. */
    public String describe() {
        return switch (this) {
            case EPOLL -> "native epoll";
            case NIO -> "JDK NIO";
        };
    }
}
