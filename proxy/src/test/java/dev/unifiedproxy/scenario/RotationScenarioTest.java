package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.control.RotatedAuthority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;

/** A new authority while the proxy runs, as clients see it that trust the one, the other, both. */
@Timeout(120)
class RotationScenarioTest {
    @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("a.example");

    private static final String END = "-----END CERTIFICATE-----\n";

    private static List<String> published() throws IOException {
        String text = Files.readString(PROXY.proxy().certsDir().resolve("mitmproxy-ca.pem"));
        return List.of(text.split("(?<=" + END + ")"));
    }

    private static Client trusting(String certificate) throws Exception {
        Path file = Files.writeString(Files.createTempFile("ca-", ".pem"), certificate);
        try {
            return new Client(
                    ProxyUnderTest.REGISTERED,
                    PROXY.proxy().ports().proxy(),
                    TlsClients.trusting(file),
                    new Transcript(),
                    "");
        } finally {
            Files.delete(file);
        }
    }

    private static void assertServed(String certificate) throws Exception {
        PROXY.upstream().forget();
        PROXY.assertForwarded(trusting(certificate).inside("a.example", "GET /x"));
    }

    private static void assertNotTrusted(String certificate) throws Exception {
        Client client = trusting(certificate);
        assertThatThrownBy(() -> client.tunnel("a.example:443"))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void oldAndNewAreGoodUntilTheOverlapEnds() throws Exception {
        String old = published().getFirst();
        assertServed(old);

        RotatedAuthority begun = PROXY.control().rotateAuthority(Duration.ofHours(1));
        assertThat(begun.over()).isFalse();
        assertThat(published()).hasSize(2).startsWith(old);
        String next = published().getLast();
        assertServed(old);
        assertServed(next);
        assertServed(old + next);

        PROXY.restart(() -> assertThat(PROXY.stateFile("ca-next")).isDirectory());
        assertThat(published()).containsExactly(old, next);
        assertServed(old);
        assertServed(next);

        RotatedAuthority over = PROXY.control().rotateAuthority(Duration.ZERO);
        assertThat(over.newSha256()).isEqualTo(begun.newSha256());
        assertThat(over.over()).isTrue();
        assertThat(published()).containsExactly(next);
        assertServed(next);
        assertNotTrusted(old);

        PROXY.control().rotateAuthority(Duration.ofSeconds(1));
        await().atMost(Duration.ofSeconds(40)).until(() -> published().size() == 1);
        assertThat(published().getFirst()).isNotEqualTo(next);
        assertServed(published().getFirst());
        assertNotTrusted(next);
        assertThat(PROXY.stateFile("ca-next")).doesNotExist();
        assertThat(PROXY.log()).contains("CA rotation began", "CA rotated");
    }
}
