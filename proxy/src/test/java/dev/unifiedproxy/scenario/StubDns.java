package dev.unifiedproxy.scenario;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A DNS server that says what a test wants; a name that it does not know does not exist. */
public final class StubDns implements AutoCloseable {
    private static final int HEADER_BYTES = 12;

    private final DatagramSocket socket;
    private final Map<String, List<List<String>>> answers = new ConcurrentHashMap<>();
    private final Map<String, Integer> turns = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private StubDns(DatagramSocket socket) {
        this.socket = socket;
    }

    static StubDns start() throws IOException {
        StubDns dns =
                new StubDns(
                        new DatagramSocket(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
        Thread.ofVirtual().name("stub-dns").start(dns::serve);
        return dns;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Answers a name with these addresses, with a time to live of 0. */
    public void put(String name, String... addresses) {
        answers.put(name, List.of(List.of(addresses)));
    }

    /**
     * Answers the first question for a name with the one address, every later one with the other.
     */
    public void rebind(String name, String first, String later) {
        answers.put(name, List.of(List.of(first), List.of(later)));
    }

    /** Names that it was asked for. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".");
            name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += 1 + query[at];
        }
        int type = query[at + 2];
        asked.add(name.toString());
        List<List<String>> known = answers.getOrDefault(name.toString(), List.of());
        int turn = type == 1 ? turns.merge(name.toString(), 1, Integer::sum) - 1 : 0;
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        int count = 0;
        for (String address :
                known.isEmpty() ? List.<String>of() : known.get(Math.min(turn, known.size() - 1))) {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            if ((bytes.length == 4) == (type == 1)) {
                records.writeBytes(
                        new byte[] {
                            (byte) 0xc0,
                            HEADER_BYTES,
                            0,
                            (byte) type,
                            0,
                            1,
                            0,
                            0,
                            0,
                            0,
                            0,
                            (byte) bytes.length
                        });
                records.writeBytes(bytes);
                count++;
            }
        }
        byte[] head = Arrays.copyOf(query, at + 5);
        head[2] = (byte) 0x81;
        head[3] = (byte) (known.isEmpty() ? 0x83 : 0x80);
        head[7] = (byte) count;
        Arrays.fill(head, 8, HEADER_BYTES, (byte) 0);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head);
        answer.writeBytes(records.toByteArray());
        return answer.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
