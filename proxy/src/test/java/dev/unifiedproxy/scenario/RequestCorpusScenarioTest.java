package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every message of the smuggling corpus through the whole proxy, whole and cut at every byte: what
 * the server receives is what was judged, byte for byte, or nothing.
 */
@Timeout(120)
class RequestCorpusScenarioTest {
    private static final RawUpstream SERVER = RawUpstream.start();
    private static final String SENTINEL =
            "GET http://a.example/sentinel HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private static final String SENTINEL_SEEN = "GET /sentinel HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private static final int LONGEST_CUT_EVERYWHERE = 1000;

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .allowingUnresolved("a.example")
                    .hostsLine(SERVER.address() + " a.example evil.example")
                    .setting("LOG_LEVEL", "WARN");

    private static List<Corpus.Entry> entries = List.of();

    @BeforeAll
    static void readCorpus() throws IOException {
        entries = Corpus.read("http1-requests.txt");
    }

    @AfterAll
    static void stopServer() throws IOException {
        SERVER.close();
    }

    static List<Corpus.Entry> messages() {
        return entries;
    }

    @Test
    void theCorpusIsLargeAndNamesEachMessageOnce() {
        assertThat(entries).hasSizeGreaterThanOrEqualTo(150);
        assertThat(entries).extracting(Corpus.Entry::name).doesNotHaveDuplicates();
        assertThat(entries)
                .allSatisfy(entry -> assertThat(entry.text("why")).containsAnyOf("RFC", "threat"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void hasOneMeaning(Corpus.Entry entry) throws IOException {
        String bytes = entry.bytes("send").orElseThrow();
        drive(entry, bytes, bytes.length());
        int step = bytes.length() > LONGEST_CUT_EVERYWHERE ? bytes.length() / 50 : 1;
        for (int cut = 1; cut < bytes.length(); cut += step) {
            drive(entry, bytes, cut);
        }
    }

    private static void drive(Corpus.Entry entry, String bytes, int cut) throws IOException {
        SERVER.forget();
        List<String> expected = new ArrayList<>(List.of(entry.text("get").split(", ", -1)));
        boolean touched = expected.remove("touched");
        boolean open = expected.removeLast().equals("open");
        String sent = entry.bytes("goes").orElse("");
        try (Socket client = connect()) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            write(client, bytes.substring(0, cut));
            write(client, bytes.substring(cut));
            List<String> got = new ArrayList<>();
            for (int i = 0; i < expected.size(); i++) {
                got.add(
                        ExactMessage.read(in, false)
                                .map(RequestCorpusScenarioTest::outcome)
                                .orElse("end"));
            }
            assertThat(got).as("cut at %d", cut).isEqualTo(expected);
            if (open) {
                write(client, SENTINEL);
                assertThat(ExactMessage.read(in, false).map(RequestCorpusScenarioTest::outcome))
                        .as("cut at %d, the next request", cut)
                        .contains("200");
                sent += SENTINEL_SEEN;
            } else {
                assertThat(ends(in)).as("cut at %d, the end", cut).isTrue();
            }
        }
        assertThat(String.join("", SERVER.messages())).as("cut at %d", cut).isEqualTo(sent);
        if (!touched) {
            assertThat(SERVER.cuts()).as("cut at %d, half requests", cut).isEmpty();
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        socket.setSoLinger(true, 0); // thousands of them would wait for their ports
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(ProxyUnderTest.REGISTERED), 0));
        socket.connect(
                new InetSocketAddress(
                        InetAddress.ofLiteral("127.0.0.1"), PROXY.proxy().ports().proxy()));
        return socket;
    }

    /** What is written to a proxy that has refused already is lost, as it should be. */
    private static void write(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        try {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    private static boolean ends(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true; // a reset is an end too
        }
    }

    /** Status and the proxy's own code. */
    private static String outcome(String reply) {
        int code = reply.indexOf("details=\"");
        Optional<String> id =
                code < 0
                        ? Optional.empty()
                        : Optional.of(reply.substring(code + 9, reply.indexOf('"', code + 9)));
        return reply.substring(9, 12) + id.map(text -> " " + text).orElse("");
    }
}
