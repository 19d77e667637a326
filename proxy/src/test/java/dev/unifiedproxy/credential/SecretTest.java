package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SecretTest {
    @Test
    void printsAsRedacted() {
        Secret secret = new Secret("canary");

        assertThat(secret.reveal()).isEqualTo("canary");
        assertThat("" + secret + new Binding.Rendered("Authorization", secret, "X"))
                .contains("***")
                .doesNotContain("canary");
    }
}
