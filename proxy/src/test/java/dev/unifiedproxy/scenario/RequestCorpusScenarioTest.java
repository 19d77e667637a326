package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Every message of the smuggling corpus through the whole proxy, by each {@link CorpusDoor}, whole
 * and cut: what the server receives is what was judged, byte for byte, or nothing.
 */
@Timeout(120)
class RequestCorpusScenarioTest {
    private static final RawUpstream SERVER = RawUpstream.start();
    private static final String SENTINEL_SEEN = "GET /sentinel HTTP/1.1\r\nHost: a.example\r\n\r\n";

    @RegisterExtension static final ProxyUnderTest PROXY = SERVER.behindAProxy();

    private static List<Corpus.Entry> entries = List.of();

    @BeforeAll
    static void readCorpus() throws Exception {
        entries = Corpus.read("http1-requests.txt");
        SERVER.listenSecurely(PROXY.upstream());
    }

    @AfterAll
    static void stopServer() throws IOException {
        SERVER.close();
    }

    static List<Arguments> messages() {
        return CorpusDoor.each(entries);
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
    void hasOneMeaning(Corpus.Entry entry, CorpusDoor door) throws IOException {
        String bytes = door.message(entry.bytes("send").orElseThrow());
        drive(entry, door, bytes, bytes.length());
        int step = Math.max(1, bytes.length() / door.cuts(bytes.length()));
        for (int cut = 1; cut < bytes.length(); cut += step) {
            drive(entry, door, bytes, cut);
        }
    }

    private static void drive(Corpus.Entry entry, CorpusDoor door, String bytes, int cut)
            throws IOException {
        SERVER.forget();
        List<String> expected = new ArrayList<>(List.of(door.expected(entry).split(", ", -1)));
        boolean touched = expected.remove("touched");
        boolean open = expected.removeLast().equals("open");
        String sent = door.sent(entry);
        try (CorpusDoor.Talk client = door.talk(PROXY)) {
            client.write(bytes.substring(0, cut));
            client.write(bytes.substring(cut));
            List<String> got = new ArrayList<>();
            for (int i = 0; i < expected.size(); i++) {
                got.add(client.outcome());
            }
            assertThat(got).as("cut at %d", cut).isEqualTo(expected);
            if (open) {
                client.ask("GET", "/sentinel");
                assertThat(client.outcome())
                        .as("cut at %d, the next request", cut)
                        .isEqualTo("200");
                sent += SENTINEL_SEEN;
            } else {
                assertThat(client.ends()).as("cut at %d, the end", cut).isTrue();
            }
        }
        assertThat(String.join("", SERVER.messages())).as("cut at %d", cut).isEqualTo(sent);
        if (!touched) {
            assertThat(SERVER.cuts()).as("cut at %d, half requests", cut).isEmpty();
        }
    }
}
