package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.transport.Transport;

import io.netty.channel.EventLoopGroup;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

final class ForwardListenerTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir private Path directory;
    private final EventLoopGroup loops = Transport.NIO.newGroup(1);

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static String answer(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void acceptsAnswersAndStopsAccepting() throws IOException {
        try (EdgeRig rig = new EdgeRig(directory, 10)) {
            ForwardListener listener =
                    ForwardListener.bind(ANY_PORT, loops, Transport.NIO, rig.services);
            int port = listener.port();
            assertThat(answer(port, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            listener.close();
            assertThatThrownBy(() -> answer(port, "x")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closesAConnectionThatIsNotAdmitted() throws IOException {
        try (EdgeRig rig = new EdgeRig(directory, 10)) {
            rig.table.drain();
            ForwardListener listener =
                    ForwardListener.bind(ANY_PORT, loops, Transport.NIO, rig.services);
            assertThat(answer(listener.port(), "")).isEmpty();
            listener.close();
        }
    }

    @Test
    void aPortThatIsTakenIsABindException() {
        try (EdgeRig rig = new EdgeRig(directory, 10)) {
            ForwardListener first =
                    ForwardListener.bind(ANY_PORT, loops, Transport.NIO, rig.services);
            InetSocketAddress taken =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port());
            assertThatThrownBy(
                            () -> ForwardListener.bind(taken, loops, Transport.NIO, rig.services))
                    .isInstanceOf(BindException.class);
            first.close();
        }
    }
}
