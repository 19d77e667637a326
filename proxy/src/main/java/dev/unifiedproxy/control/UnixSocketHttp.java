package dev.unifiedproxy.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One HTTP/1.1 exchange for each connection over a unix socket, bounded in time and size.
 *
 * @param socket the socket file
 * @param timeout for the whole exchange
 * @param ticker nanoseconds of a monotonic clock
 */
record UnixSocketHttp(Path socket, Duration timeout, LongSupplier ticker) {
    /** About a hundred thousand registrations. */
    static final int ANSWER_LIMIT_BYTES = 32 * 1024 * 1024;

    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    /**
     * An answer.
     *
     * @param status the status code
     * @param body the whole body, read as UTF-8
     */
    record Answer(int status, String body) {}

    /**
     * Sends one request and reads the whole answer.
     *
     * @throws NotRunningException when nobody accepts on the socket
     * @throws ControlAnswerException when the answer is late, too large or cut off
     */
    Answer exchange(String method, String path, byte[] body) throws ControlException {
        long deadline = ticker.getAsLong() + timeout.toNanos();
        try (SocketChannel channel = connect();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer request = request(method, path, body);
            while (request.hasRemaining()) {
                await(selector, deadline);
                channel.write(request);
            }
            key.interestOps(SelectionKey.OP_READ);
            return parse(readToEnd(channel, selector, deadline));
        } catch (IOException e) {
            throw new ControlAnswerException(
                    "the exchange on " + socket + " broke off: " + e.getMessage(), e);
        }
    }

    private SocketChannel connect() throws IOException, NotRunningException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new NotRunningException(socket, e);
        }
    }

    private static ByteBuffer request(String method, String path, byte[] body) {
        String type = body.length == 0 ? "" : "Content-Type: application/json\r\n";
        String head =
                "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
                        .formatted(method, path, type, body.length);
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(bytes.length + body.length).put(bytes).put(body).flip();
    }

    private void await(Selector selector, long deadline)
            throws IOException, ControlAnswerException {
        long milliseconds = (deadline - ticker.getAsLong()) / 1_000_000;
        if (milliseconds <= 0 || selector.select(milliseconds) == 0) {
            throw new ControlAnswerException(
                    "no answer on " + socket + " within " + timeout.toSeconds() + " s");
        }
        selector.selectedKeys().clear();
    }

    private byte[] readToEnd(SocketChannel channel, Selector selector, long deadline)
            throws IOException, ControlAnswerException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        while (true) {
            await(selector, deadline);
            buffer.clear();
            int count = channel.read(buffer);
            if (count < 0) {
                return received.toByteArray();
            }
            received.write(buffer.array(), 0, count);
            if (received.size() > ANSWER_LIMIT_BYTES) {
                throw new ControlAnswerException(
                        "the answer on "
                                + socket
                                + " is too large (expected: at most "
                                + ANSWER_LIMIT_BYTES
                                + " bytes)");
            }
        }
    }

    /** Reads an answer that ended with the connection. */
    static Answer parse(byte[] received) throws IOException {
        int end = indexOf(received, HEAD_END, 0);
        if (end < 0) {
            throw new EOFException("the answer has no complete head");
        }
        String[] lines =
                new String(received, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        if (!lines[0].matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
            throw new IOException("the answer is not HTTP/1.1");
        }
        int status = Integer.parseInt(lines[0].substring(9, 12));
        int start = end + HEAD_END.length;
        for (String line : lines) {
            String field = line.toLowerCase(Locale.ROOT).replace(" ", "");
            if (field.equals("transfer-encoding:chunked")) {
                return answer(status, unchunk(received, start));
            }
            if (field.startsWith("content-length:")) {
                int length = number(field.substring("content-length:".length()), 10);
                return answer(status, slice(received, start, length));
            }
        }
        return answer(status, slice(received, start, received.length - start));
    }

    private static Answer answer(int status, byte[] body) {
        return new Answer(status, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] unchunk(byte[] received, int start) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int position = start;
        while (true) {
            int lineEnd = indexOf(received, new byte[] {'\r', '\n'}, position);
            if (lineEnd < 0) {
                throw new EOFException("the answer ends inside its body");
            }
            String line =
                    new String(received, position, lineEnd - position, StandardCharsets.ISO_8859_1);
            int size = number(line.split(";", 2)[0].strip(), 16);
            if (size == 0) {
                return body.toByteArray();
            }
            body.writeBytes(slice(received, lineEnd + 2, size));
            position = lineEnd + 2 + size + 2;
        }
    }

    private static int number(String text, int radix) throws IOException {
        try {
            return Integer.parseUnsignedInt(text, radix);
        } catch (NumberFormatException e) {
            throw new IOException("the answer states no usable length", e);
        }
    }

    private static byte[] slice(byte[] bytes, int start, int length) throws IOException {
        if (length < 0 || length > bytes.length - start) {
            throw new EOFException("the answer ends inside its body");
        }
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    private static int indexOf(byte[] bytes, byte[] sought, int from) {
        for (int i = Math.max(from, 0); i <= bytes.length - sought.length; i++) {
            if (Arrays.mismatch(bytes, i, i + sought.length, sought, 0, sought.length) < 0) {
                return i;
            }
        }
        return -1;
    }
}
