package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** The hunt finds what it is there for. */
class CanariesTest {
    private static final String SECRET = Canaries.of("ANTHROPIC_API_KEY");

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "xy", "xyz", "x-access-token:"})
    void findsEverySpelling(String before) {
        String text = before + SECRET + "?more";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (String spelling :
                new String[] {
                    text,
                    Base64.getEncoder().encodeToString(bytes),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                    HexFormat.of().formatHex(bytes),
                    HexFormat.of().withUpperCase().formatHex(bytes),
                    URLEncoder.encode(text, StandardCharsets.US_ASCII)
                }) {
            assertThat(Canaries.in("a log", "line " + spelling + " end")).as(spelling).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-ant-", "ANTHROPIC_API_KEY", "CREDENTIAL_PROXY_PLACEHOLDER"})
    void isSilentAboutTheRest(String text) {
        assertThat(Canaries.in("a log", text)).isEmpty();
    }
}
