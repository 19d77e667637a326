package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.List;

/**
 * Every response of the corpus through the whole proxy, by each {@link CorpusDoor}, whole and cut:
 * the client gets exactly the message in the file, or a refusal; and the next response is nobody
 * else's.
 */
@Timeout(120)
class ResponseCorpusScenarioTest {
    private static final RawUpstream SERVER = RawUpstream.start();
    private static final String NEXT = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @RegisterExtension static final ProxyUnderTest PROXY = SERVER.behindAProxy();

    private static List<Corpus.Entry> entries = List.of();

    @BeforeAll
    static void readCorpus() throws Exception {
        entries = Corpus.read("http1-responses.txt");
        assertThat(entries).extracting(Corpus.Entry::name).doesNotHaveDuplicates();
        SERVER.listenSecurely(PROXY.upstream());
    }

    @AfterAll
    static void stopServer() throws IOException {
        SERVER.close();
    }

    static List<Arguments> messages() {
        return CorpusDoor.each(entries);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void hasOneMeaning(Corpus.Entry entry, CorpusDoor door) throws IOException {
        String answer = entry.bytes("send").orElseThrow();
        int step = Math.max(1, answer.length() / door.cuts(answer.length()));
        for (int cut = answer.length(); cut > 0; cut -= step) {
            drive(entry, door, answer, cut);
        }
    }

    private static void drive(Corpus.Entry entry, CorpusDoor door, String answer, int cut)
            throws IOException {
        String[] how = entry.text("to").split(", ", -1);
        boolean closes = how[how.length - 1].equals("closes");
        SERVER.answerOnce(
                new RawUpstream.Script(answer.substring(0, cut), answer.substring(cut), closes));
        String expected = entry.bytes("get").orElseThrow();
        try (CorpusDoor.Talk client = door.talk(PROXY)) {
            client.ask(how[0], "/first");
            String got = client.read(how[0].equals("HEAD")).orElse("end");
            if (expected.startsWith("502 ")) {
                assertThat(got)
                        .as("cut at %d", cut)
                        .startsWith("HTTP/1.1 502 ")
                        .contains(expected.substring(4));
            } else {
                String all = got;
                if (got.startsWith("HTTP/1.1 1")) {
                    all += client.read(false).orElse("end");
                }
                assertThat(all).as("cut at %d", cut).isEqualTo(expected);
            }
            SERVER.awaitAnswered();
            client.ask("GET", "/next");
            assertThat(client.read(false)).as("cut at %d, next", cut).contains(NEXT);
        }
    }
}
