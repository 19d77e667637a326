package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubprotocolsTest {
    private static final String PLACEHOLDER =
            "openai-insecure-api-key.CREDENTIAL_PROXY_PLACEHOLDER";

    @ParameterizedTest
    @CsvSource({
        "'realtime, other',true,'realtime, other'",
        "'realtime, openai-insecure-api-key.sk-mine',true,realtime",
        "'realtime, openai-insecure-api-key.sk-mine',false,"
                + "'realtime, openai-insecure-api-key.sk-mine'",
        "'realtime, openai-insecure-api-keys',true,'realtime, openai-insecure-api-keys'",
        "'realtime," + PLACEHOLDER + ",beta',false,'realtime, beta'",
        "'" + PLACEHOLDER + "',true,''",
    })
    void namesThatCarryAKeyStayHere(String line, boolean bound, String sent) {
        assertThat(Subprotocols.sent(line, bound)).isEqualTo(sent);
    }
}
