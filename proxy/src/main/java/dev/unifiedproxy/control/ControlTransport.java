package dev.unifiedproxy.control;

/** Which of Netty's transports the event loops of a {@link ControlServer} belong to. */
public enum ControlTransport {
    /** Linux's own, with the peer's user id from the kernel. */
    EPOLL,
    /** The JDK's. */
    NIO
}
