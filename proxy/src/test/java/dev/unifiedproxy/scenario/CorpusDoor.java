package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.provider.Arguments;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/** The two ways in by which the messages of a corpus come: the forward proxy and a tunnel. */
enum CorpusDoor {
    /** In plain text to the proxy, in absolute form. */
    PLAIN {
        @Override
        Socket connect(Client client) throws IOException {
            return client.connect().socket();
        }

        @Override
        String message(String corpus) {
            return corpus;
        }

        @Override
        int cuts(int length) {
            return length > LONGEST_CUT_EVERYWHERE ? 50 : length;
        }

        @Override
        String expected(Corpus.Entry entry) {
            return entry.text("get");
        }
    },
    /** Inside the TLS of a CONNECT, in origin form. */
    TUNNEL {
        @Override
        Socket connect(Client client) throws IOException {
            return client.tunnel("a.example:443").socket();
        }

        @Override
        String message(String corpus) {
            return OWN_URL.matcher(corpus).replaceAll("/").replace("a.example:80", "a.example:443");
        }

        // Each has a handshake of its own.
        @Override
        int cuts(int length) {
            return Math.min(length, 5);
        }

        @Override
        String expected(Corpus.Entry entry) {
            return entry.bytes("tunnel").orElseGet(() -> entry.text("get"));
        }
    };

    private static final int LONGEST_CUT_EVERYWHERE = 1000;
    private static final Pattern OWN_URL =
            Pattern.compile("(?i)http://a\\.example(?::80)?(?:/|(?=[? ]))");

    abstract Socket connect(Client client) throws IOException;

    /** The message as it is said at this door. */
    abstract String message(String corpus);

    /** In how many places a message is cut. */
    abstract int cuts(int length);

    /** What the client receives, and whether its connection stays open. */
    abstract String expected(Corpus.Entry entry);

    /** What the server receives of it. */
    String sent(Corpus.Entry entry) {
        return Optional.of("tunnel goes")
                .filter(key -> this == TUNNEL)
                .flatMap(entry::bytes)
                .or(() -> entry.bytes("goes"))
                .orElse("");
    }

    /** Lets a test speak to the proxy through this door. */
    Talk talk(ProxyUnderTest proxy) throws IOException {
        Socket socket = connect(proxy.client());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        socket.setSoLinger(true, 0); // thousands of them would wait for their ports
        return new Talk(this, socket, new BufferedInputStream(socket.getInputStream()));
    }

    /** One connection. */
    record Talk(CorpusDoor door, Socket socket, InputStream in) implements AutoCloseable {
        /** What is written to a proxy that has refused already is lost, as it should be. */
        void write(String text) throws IOException {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (SocketException | SSLException e) {
                assertThat(e).hasMessageMatching(".*(Broken pipe|Connection reset|closed).*");
            }
        }

        // A request for a path of the server.
        void ask(String method, String path) throws IOException {
            write(
                    door.message(
                            method
                                    + " http://a.example"
                                    + path
                                    + " HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        }

        Optional<String> read(boolean bodiless) throws IOException {
            return ExactMessage.read(in, bodiless);
        }

        // Status and the proxy's own code.
        String outcome() throws IOException {
            return read(false).map(Talk::outcome).orElse("end");
        }

        private static String outcome(String reply) {
            int code = reply.indexOf("details=\"");
            String id =
                    code < 0 ? "" : " " + reply.substring(code + 9, reply.indexOf('"', code + 9));
            return reply.substring(9, 12) + id;
        }

        boolean ends() throws IOException {
            try {
                return in.read() < 0;
            } catch (SocketException | SSLException e) {
                return true; // a reset is an end too
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Every message by every door. */
    static List<Arguments> each(List<Corpus.Entry> entries) {
        return entries.stream()
                .flatMap(entry -> Arrays.stream(values()).map(door -> Arguments.of(entry, door)))
                .toList();
    }
}
