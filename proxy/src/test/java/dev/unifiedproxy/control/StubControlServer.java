package dev.unifiedproxy.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Answers every connection on a unix socket with what a function makes of the request. */
public final class StubControlServer implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final UnaryOperator<String> answers;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private StubControlServer(ServerSocketChannel listener, UnaryOperator<String> answers) {
        this.listener = listener;
        this.answers = answers;
    }

    /** Listens; a request is its whole text, an answer the bytes to send before closing. */
    public static StubControlServer start(Path socket, UnaryOperator<String> answers)
            throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        StubControlServer server = new StubControlServer(listener, answers);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    /** An answer with a JSON body. */
    public static String json(int status, String body) {
        return "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, body);
    }

    /** The requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (listener.isOpen()) {
            try (SocketChannel channel = listener.accept()) {
                String request = read(channel);
                requests.add(request);
                ByteBuffer answer =
                        ByteBuffer.wrap(answers.apply(request).getBytes(StandardCharsets.UTF_8));
                while (answer.hasRemaining()) {
                    channel.write(answer);
                }
            } catch (IOException e) {
                if (listener.isOpen()) {
                    requests.add("broken: " + e);
                }
            }
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (!complete(text.toString())) {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                break;
            }
            text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private static boolean complete(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        int field = text.indexOf("Content-Length: ");
        int length =
                Integer.parseInt(
                        text.substring(
                                field + "Content-Length: ".length(), text.indexOf('\r', field)));
        return text.length() - end - 4 >= length;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
