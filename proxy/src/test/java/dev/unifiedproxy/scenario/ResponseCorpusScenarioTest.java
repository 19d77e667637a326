package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Every response of the corpus through the whole proxy, whole and cut at every byte: the client
 * gets exactly the message in the file, or a refusal; and the next response is nobody else's.
 */
@Timeout(120)
class ResponseCorpusScenarioTest {
    private static final RawUpstream SERVER = RawUpstream.start();
    private static final String NEXT = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .allowingUnresolved("a.example")
                    .hostsLine(SERVER.address() + " a.example")
                    .setting("LOG_LEVEL", "WARN");

    private static List<Corpus.Entry> entries = List.of();

    @BeforeAll
    static void readCorpus() throws IOException {
        entries = Corpus.read("http1-responses.txt");
        assertThat(entries).extracting(Corpus.Entry::name).doesNotHaveDuplicates();
    }

    @AfterAll
    static void stopServer() throws IOException {
        SERVER.close();
    }

    static List<Corpus.Entry> messages() {
        return entries;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void hasOneMeaning(Corpus.Entry entry) throws IOException {
        String answer = entry.bytes("send").orElseThrow();
        for (int cut = answer.length(); cut > 0; cut--) {
            drive(entry, answer, cut);
        }
    }

    private static void drive(Corpus.Entry entry, String answer, int cut) throws IOException {
        String[] how = entry.text("to").split(", ", -1);
        boolean closes = how[how.length - 1].equals("closes");
        SERVER.answerOnce(
                new RawUpstream.Script(answer.substring(0, cut), answer.substring(cut), closes));
        String expected = entry.bytes("get").orElseThrow();
        try (Socket client = connect()) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            ask(client, how[0], "/first");
            boolean refused = expected.startsWith("502 ");
            String got = ExactMessage.read(in, how[0].equals("HEAD")).orElse("end");
            if (refused) {
                assertThat(got)
                        .as("cut at %d", cut)
                        .startsWith("HTTP/1.1 502 ")
                        .contains(expected.substring(4));
            } else {
                String all = got;
                if (got.startsWith("HTTP/1.1 1")) {
                    all += ExactMessage.read(in, false).orElse("end");
                }
                assertThat(all).as("cut at %d", cut).isEqualTo(expected);
            }
            ask(client, "GET", "/next");
            assertThat(ExactMessage.read(in, false)).as("cut at %d, next", cut).contains(NEXT);
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

    private static void ask(Socket client, String method, String path) throws IOException {
        client.getOutputStream()
                .write(
                        (method
                                        + " http://a.example"
                                        + path
                                        + " HTTP/1.1\r\nHost: a.example\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
    }
}
