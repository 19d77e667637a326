package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

final class PlaceholdersTest {
    private static final String NONCE = "0123456789abcdef0123456789ABCDEF";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREDENTIAL_PROXY_PLACEHOLDER",
                "Bearer CREDENTIAL_PROXY_PLACEHOLDER",
                "gho_CREDENTIAL_PROXY_PLACEHOLDER",
                "1//CREDENTIAL_PROXY_PLACEHOLDER",
                "rt_CREDENTIAL_PROXY_PLACEHOLDER.x",
                "a.b.CREDENTIAL_PROXY_PLACEHOLDER_SIGNATURE",
                "PROXY_PLACEHOLDER_OPENCODE",
                "x-PROXY_PLACEHOLDER_OPENCODE-y",
                "CRED_PROXY_" + NONCE,
                "sk-CRED_PROXY_" + NONCE + "ff",
                "PROXY_PROXY_CRED_PROXY_CRED_PROXY_" + NONCE
            })
    void placeholdersAreFoundAnywhere(String text) {
        assertThat(Placeholders.in(text)).isTrue();
        assertThat(Placeholders.inFieldValue(text)).isTrue();
        assertThat(Placeholders.inTarget(text.replace("_", "%5f"))).isTrue();
        for (String user : new String[] {"", "a:", "ab:", "abc:"}) {
            String basic =
                    Base64.getEncoder()
                            .encodeToString((user + text).getBytes(StandardCharsets.US_ASCII));
            assertThat(Placeholders.inFieldValue("Basic " + basic)).isTrue();
            assertThat(Placeholders.inFieldValue("basic  " + basic.replace("=", ""))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PROXY_PLACEHOLDER",
                "MY_PROXY_PLACEHOLDER_AND_MORE_TEXT",
                "CREDENTIAL_PROXY_PLACEHOLDE and more text",
                "CRED_PROXY_0123456789abcdef0123456789abcde",
                "CRED_PROXY_0123456789abcdef0123456789abcdeg",
                "credential_proxy_placeholder in lower case",
                "sk-ant-api03-0123456789abcdef0123456789abcdef",
                "Basic !!!!not base64 at all, but long enough!!!!"
            })
    void otherTextsAreNot(String text) {
        assertThat(Placeholders.inFieldValue(text)).isFalse();
        assertThat(Placeholders.inTarget(text)).isFalse();
        assertThat(Placeholders.inTarget(text + "%zz%")).isFalse();
    }
}
