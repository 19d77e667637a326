package dev.unifiedproxy.tls;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Stands where a tunnel was promised to one host and lets nothing through but a TLS client that
 * asks for that host; then a TLS handler takes its place and sees the same bytes.
 *
 * <p>A gate to a tunnel that is passed through makes no TLS handler: it goes away, and the handler
 * behind it gets all bytes from the first. There an encrypted ClientHello is refused, because the
 * name that can be read then proves nothing. Where TLS is ended here it is harmless: we have no key
 * for it, so it is ignored (RFC 9849 section 7.1), and the name inside is never obeyed.
 *
 * <p>Everything else ends the connection: a {@link RefusedException} goes to the later handlers
 * exactly once, with {@code TLS_REQUIRED} (nothing is answered), {@code SNI_MISMATCH} (after the
 * alert unrecognized_name) or {@code TLS_HANDSHAKE} (a broken ClientHello, after the alert
 * decode_error; or none in time). Where no leaf can be made, the cause goes there instead, after
 * the alert internal_error. A client that closes before is only a closed channel.
 */
public final class ServerNameGate extends ByteToMessageDecoder {
    /** How long a client may take for its ClientHello unless configured otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final int DECODE_ERROR = 50;
    private static final int INTERNAL_ERROR = 80;
    private static final int UNRECOGNIZED_NAME = 112;

    private final Host expected;
    private final Optional<LeafCertificates> leaves;
    private final Duration timeout;
    private final ClientHelloReader reader = new ClientHelloReader();
    private @Nullable Future<?> timer;
    private boolean decided;

    /** A gate to one host with the usual timeout. */
    public ServerNameGate(Host expected, LeafCertificates leaves) {
        this(expected, leaves, DEFAULT_TIMEOUT);
    }

    /**
     * A gate to one host.
     *
     * @param expected the host that the tunnel was promised to
     * @param timeout from now to the last byte of the ClientHello
     */
    public ServerNameGate(Host expected, LeafCertificates leaves, Duration timeout) {
        this(expected, Optional.of(leaves), timeout);
    }

    private ServerNameGate(Host expected, Optional<LeafCertificates> leaves, Duration timeout) {
        this.expected = expected;
        this.leaves = leaves;
        this.timeout = timeout;
    }

    /**
     * A gate behind which the client's bytes are passed on as they are.
     *
     * @param expected the host that the tunnel was promised to
     * @param timeout from now to the last byte of the ClientHello
     */
    public static ServerNameGate passingThrough(Host expected, Duration timeout) {
        return new ServerNameGate(expected, Optional.empty(), timeout);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer =
                context.executor()
                        .schedule(
                                () -> onTimeout(context),
                                timeout.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        stopTimer();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        decided = true;
        stopTimer();
        super.channelInactive(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (decided) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (reader.read(in)) {
            case ClientHelloReader.Waiting() -> {
                return;
            }
            case ClientHelloReader.NotTls(int firstByte) -> {
                drop(in);
                refuse(
                        context,
                        ErrorCode.TLS_REQUIRED,
                        "Tunnel to %s: first byte %s (expected: a TLS handshake record, 0x16)"
                                .formatted(expected, ClientHelloReader.hex(firstByte)));
            }
            case ClientHelloReader.Malformed(String reason) -> {
                drop(in);
                alert(context, DECODE_ERROR);
                refuse(
                        context,
                        ErrorCode.TLS_HANDSHAKE,
                        "Tunnel to %s: %s (expected: a ClientHello)".formatted(expected, reason));
            }
            case ClientHelloReader.Complete(Optional<String> name, boolean encrypted) -> {
                if (!isExpected(name)) {
                    refuseName(context, in, mismatch(name));
                } else if (leaves.isPresent()) {
                    intercept(leaves.get(), context, in);
                } else if (encrypted) {
                    refuseName(
                            context,
                            in,
                            "Tunnel to %s: encrypted ClientHello (expected: none, TLS is passed through)"
                                    .formatted(expected));
                } else {
                    passOn(context);
                }
            }
        }
    }

    /**
     * Whether the client asks for the host of the tunnel. A name must be there; for an address none
     * is needed (RFC 6066 section 3 has no addresses), but one that is there must be the address.
     */
    private boolean isExpected(Optional<String> serverName) {
        if (serverName.isEmpty()) {
            return switch (expected) {
                case Hostname name -> false;
                case IpAddress address -> true;
            };
        }
        try {
            return switch (expected) {
                case Hostname name -> name.equals(Hostname.parse(serverName.get()));
                case IpAddress address -> address.equals(IpAddress.parse(serverName.get()));
            };
        } catch (HostSyntaxException e) {
            // Not a name at all is as good a reason to refuse as another name.
            return false;
        }
    }

    private String mismatch(Optional<String> serverName) {
        return "Tunnel to %s: server name %s (expected: %s)"
                .formatted(
                        expected,
                        serverName.map(name -> "'" + printable(name) + "'").orElse("absent"),
                        expected);
    }

    private void refuseName(ChannelHandlerContext context, ByteBuf in, String detail) {
        drop(in);
        alert(context, UNRECOGNIZED_NAME);
        refuse(context, ErrorCode.SNI_MISMATCH, detail);
    }

    /** The decoder hands the bytes, none of them consumed, to the handler behind it. */
    private void passOn(ChannelHandlerContext context) {
        decided = true;
        stopTimer();
        context.pipeline().remove(this);
    }

    private void intercept(LeafCertificates leaves, ChannelHandlerContext context, ByteBuf in) {
        SslHandler handler;
        try {
            handler = leaves.newHandler(expected, context.alloc());
        } catch (RuntimeException e) {
            drop(in);
            alert(context, INTERNAL_ERROR);
            end(context, e);
            return;
        }
        decided = true;
        stopTimer();
        // The decoder hands the bytes, none of them consumed, to what stands in its place.
        context.pipeline().replace(this, null, handler);
    }

    private void onTimeout(ChannelHandlerContext context) {
        if (!decided) {
            refuse(
                    context,
                    ErrorCode.TLS_HANDSHAKE,
                    "Tunnel to %s: no whole ClientHello in %s (expected: one)"
                            .formatted(expected, timeout));
        }
    }

    private void refuse(ChannelHandlerContext context, ErrorCode code, String detail) {
        end(context, new RefusedException(code, detail));
    }

    /** Everything after this is discarded; the close comes after the alert, if there is one. */
    private void end(ChannelHandlerContext context, RuntimeException cause) {
        decided = true;
        stopTimer();
        context.fireExceptionCaught(cause);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /**
     * A fatal alert as <a href="https://datatracker.ietf.org/doc/html/rfc8446#section-6">RFC 8446
     * section 6</a> has it, before any version was agreed on.
     */
    private static void alert(ChannelHandlerContext context, int description) {
        byte[] record = {21, 3, 3, 0, 2, 2, (byte) description};
        context.writeAndFlush(Unpooled.wrappedBuffer(record));
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private static void drop(ByteBuf in) {
        in.skipBytes(in.readableBytes());
    }

    /** Printable ASCII, at most 100 characters, everything else as a question mark. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && i < 100; i++) {
            char c = text.charAt(i);
            out.append(c >= 0x20 && c <= 0x7e ? c : '?');
        }
        return out.toString();
    }
}
