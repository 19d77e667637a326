package dev.unifiedproxy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * A DNS server on loopback that answers every question for an IPv4 address with the same one (<a
 * href="https://datatracker.ietf.org/doc/html/rfc1035#section-4">RFC 1035 section 4</a>), and every
 * other question with nothing.
 */
final class StubResolver implements AutoCloseable {
    private static final int MAX_QUERY_BYTES = 512;
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;

    private final DatagramSocket socket;
    private final byte[] address;

    private StubResolver(DatagramSocket socket, InetAddress address) {
        this.socket = socket;
        this.address = address.getAddress();
    }

    /** Starts it on a free port of 127.0.0.1. */
    static StubResolver start(InetAddress address) throws IOException {
        DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        StubResolver resolver = new StubResolver(socket, address);
        Thread.ofVirtual().name("stub-resolver").start(resolver::serve);
        return resolver;
    }

    /** The port of 127.0.0.1 on which it answers. */
    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_QUERY_BYTES], MAX_QUERY_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(MAX_QUERY_BYTES);
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** The question again, with at most one answer. */
    byte[] answer(byte[] query) {
        int end = HEADER_BYTES;
        while (end < query.length && query[end] != 0) {
            end += 1 + query[end];
        }
        int questionEnd = Math.min(query.length, end + 5);
        boolean asked = questionEnd >= 4 && query[questionEnd - 3] == TYPE_A;
        byte[] answer = Arrays.copyOf(query, questionEnd + (asked ? 16 : 0));
        answer[2] = (byte) 0x81; // a response, recursion desired
        answer[3] = (byte) 0x80; // recursion available, no error
        answer[7] = (byte) (asked ? 1 : 0); // answers
        Arrays.fill(answer, 8, HEADER_BYTES, (byte) 0); // no further sections
        if (asked) {
            // the name of the question, A, IN, 60 seconds, four bytes
            byte[] record = {(byte) 0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4};
            System.arraycopy(record, 0, answer, questionEnd, record.length);
            System.arraycopy(address, 0, answer, questionEnd + record.length, address.length);
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
